// SPDX-License-Identifier: Apache-2.0
#include "storage/migrations.hpp"

#include "storage/database.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley::storage {
namespace {

using parley::testing::TemporaryDirectory;
using runtime::ErrorCode;

constexpr Migration kTwo[] = {{1, "first", "create table a (x integer); insert into a values (1);"},
                              {2, "second", "alter table a add column y integer"}};
constexpr Migration kChanged[] = {{1, "first", "create table a (x text)"}};
constexpr Migration kBroken[] = {{1, "first", "create table a (x integer)"},
                                 {2, "second", "create nonsense"}};

TEST(Migrations, RunOnce) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "test.db";
  ASSERT_TRUE(Database::open({.file = file}, std::span(kTwo).first(1)));
  ASSERT_TRUE(Database::open({.file = file}, kTwo));
  const auto database = Database::open({.file = file}, kTwo);
  ASSERT_TRUE(database);
  const auto rows = (*database)->read(runtime::Context(),
                                      [](Session& session) { return session.query("select x, y from a"); });
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->size(), 1U);
}

TEST(Migrations, RefuseANewerDatabase) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "test.db";
  ASSERT_TRUE(Database::open({.file = file}, kTwo));
  const auto older = Database::open({.file = file}, std::span(kTwo).first(1));
  ASSERT_FALSE(older);
  EXPECT_EQ(older.error().code, ErrorCode::kConflict);
  EXPECT_NE(older.error().message.find("newer version"), std::string::npos);
}

TEST(Migrations, RefuseAChangedStep) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "test.db";
  ASSERT_TRUE(Database::open({.file = file}, std::span(kTwo).first(1)));
  const auto changed = Database::open({.file = file}, kChanged);
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kConflict);
}

TEST(Migrations, ABrokenStepChangesNothing) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "test.db";
  EXPECT_FALSE(Database::open({.file = file}, kBroken));
  EXPECT_TRUE(Database::open({.file = file}, kTwo));
}

TEST(Migrations, ManyProcessesMayStartAtOnce) {
  const TemporaryDirectory directory;
  const auto file = directory.path() / "test.db";
  std::atomic<int> opened = 0;
  std::vector<std::thread> starts;
  for (int i = 0; i < 8; ++i) {
    starts.emplace_back([&] {
      if (Database::open({.file = file, .readers = 1}, kTwo)) ++opened;
    });
  }
  for (std::thread& start : starts) start.join();
  EXPECT_EQ(opened, 8);
}

TEST(Migrations, TheRealOnesApply) {
  const TemporaryDirectory directory;
  ASSERT_FALSE(all_migrations().empty());
  for (std::size_t i = 0; i < all_migrations().size(); ++i) {
    EXPECT_EQ(all_migrations()[i].number, static_cast<std::int64_t>(i + 1));
  }
  EXPECT_TRUE(Database::open({.file = directory.path() / "test.db"}));
}

}  // namespace
}  // namespace parley::storage
