// SPDX-License-Identifier: Apache-2.0
#include "storage/database.hpp"

#include "storage/testing/temporary_directory.hpp"

#include <atomic>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::storage {
namespace {

using namespace std::chrono_literals;
using parley::testing::TemporaryDirectory;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

constexpr Migration kThings[] = {
    {1, "things",
     "create table things (id integer primary key, name text unique, weight double precision, data blob)"}};

class DatabaseTest : public ::testing::Test {
 protected:
  DatabaseTest() : database(*Database::open({.file = directory.path() / "test.db"}, kThings)) {}

  Result<Rows> query(const char* sql, Params params = {}) {
    return database->write(context, [&](Session& session) { return session.query(sql, std::move(params)); });
  }
  std::int64_t count() { return query("select count(*) from things")->front().get<std::int64_t>(0); }

  TemporaryDirectory directory;
  std::unique_ptr<Database> database;
  Context context;
};

TEST_F(DatabaseTest, ValuesComeBackAsTheyWere) {
  const Bytes bytes = to_bytes(std::string_view("a\0b", 3));
  const std::string text("n\0l ü", 6);
  ASSERT_TRUE(query("insert into things values ($1, $2, $3, $4)", {7, text, 2.5, bytes}));
  ASSERT_TRUE(query("insert into things values ($1, $2, $2, $2)", {8, std::nullopt}));
  const auto rows = query("select id, name, weight, data from things order by id");
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0].get<std::int64_t>(0), 7);
  EXPECT_EQ((*rows)[0].get<std::string>(1), text);
  EXPECT_EQ((*rows)[0].get<double>(2), 2.5);
  EXPECT_EQ((*rows)[0].get<Bytes>(3), bytes);
  EXPECT_EQ((*rows)[1].get<std::optional<std::string>>(1), std::nullopt);
  EXPECT_THROW((*rows)[1].get<std::string>(1), std::logic_error);
}

TEST_F(DatabaseTest, ParametersAreNumberedAndMayRepeat) {
  const auto rows = query("select $2, $1, $2", {"one", "two"});
  ASSERT_TRUE(rows);
  EXPECT_EQ(rows->front().get<std::string>(0), "two");
  EXPECT_EQ(rows->front().get<std::string>(1), "one");
  EXPECT_EQ(rows->front().get<std::string>(2), "two");
}

TEST_F(DatabaseTest, AFailedTransactionLeavesNothing) {
  const auto failed = database->write(context, [](Session& session) -> Result<> {
    static_cast<void>(session.execute("insert into things (name) values ('a')"));
    return Error{ErrorCode::kBadRequest, "no"};
  });
  EXPECT_EQ(failed.error().code, ErrorCode::kBadRequest);
  EXPECT_THROW(database->write(context,
                               [](Session& session) -> Result<> {
                                 static_cast<void>(session.execute("insert into things (name) values ('b')"));
                                 throw std::runtime_error("bug");
                               }),
               std::runtime_error);
  EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, AConstraintIsAConflict) {
  ASSERT_TRUE(query("insert into things (name) values ('a')"));
  EXPECT_EQ(query("insert into things (name) values ('a')").error().code, ErrorCode::kConflict);
  EXPECT_EQ(count(), 1);
}

TEST_F(DatabaseTest, ReadersCannotWrite) {
  const auto written = database->read(
      context, [](Session& session) { return session.execute("insert into things (name) values ('a')"); });
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kServiceUnavailable);
}

TEST_F(DatabaseTest, AReaderSeesOneStateWhileTheWriterGoesOn) {
  const auto seen = database->read(context, [&](Session& session) -> Result<std::int64_t> {
    const auto before = session.query("select count(*) from things");
    EXPECT_TRUE(query("insert into things (name) values ('a')"));
    const auto after = session.query("select count(*) from things");
    EXPECT_EQ(before->front().get<std::int64_t>(0), after->front().get<std::int64_t>(0));
    return after->front().get<std::int64_t>(0);
  });
  EXPECT_EQ(seen.value(), 0);
  EXPECT_EQ(count(), 1);
}

TEST_F(DatabaseTest, ManyThreadsLoseNothing) {
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const Context mine;
        const auto written = database->write(mine, [](Session& session) {
          return session.execute("insert into things (weight) values ($1)", {1.0});
        });
        const auto read = database->read(
            mine, [](Session& session) { return session.query("select count(*) from things"); });
        if (!written || !read) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(count(), 120);
}

TEST_F(DatabaseTest, ALongStatementEndsWithItsContext) {
  const char* endless =
      "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n";
  Context late = context;
  late.deadline = runtime::SystemClock().now() + 20ms;
  const auto timed_out = database->read(late, [&](Session& session) { return session.query(endless); });
  EXPECT_EQ(timed_out.error().code, ErrorCode::kTimeout);
  std::stop_source stop;
  const Context stopped = context.stopped_by(stop.get_token());
  const auto cancelled = database->read(stopped, [&](Session& session) {
    stop.request_stop();
    return session.query(endless);
  });
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(database->read(context, [](Session& session) { return session.query("select 1"); }));
}

TEST_F(DatabaseTest, WaitingForTheWriterEndsWithTheContext) {
  Context late = context;
  late.deadline = runtime::SystemClock().now() + 20ms;
  const auto outer = database->write(context, [&](Session&) -> Result<> {
    const auto inner = database->write(late, [](Session& session) { return session.query("select 1"); });
    EXPECT_EQ(inner.error().code, ErrorCode::kTimeout);
    return {};
  });
  EXPECT_TRUE(outer);
}

TEST_F(DatabaseTest, AFullDiskIsSaidAndUndone) {
  ASSERT_TRUE(query("pragma max_page_count = 12"));
  const auto written = query("insert into things (data) values ($1)", {Bytes(1'000'000)});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kServiceUnavailable);
  EXPECT_EQ(written.error().message, "the disk is full");
  EXPECT_EQ(count(), 0);
}

TEST_F(DatabaseTest, ALockHeldByAnotherProcessIsBusy) {
  const auto path = directory.path() / "test.db";
  auto other = Session::open({.path = path.string()});
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->execute("begin immediate"));
  const auto impatient = Database::open({.file = path, .busy_timeout = 1ms}, kThings);
  ASSERT_FALSE(impatient);
  EXPECT_EQ(impatient.error().code, ErrorCode::kOverloaded);
}

TEST(DatabaseOpen, SaysWhatIsWrongWithTheFile) {
  const TemporaryDirectory directory;
  const auto garbage = directory.path() / "garbage.db";
  std::ofstream(garbage) << std::string(8192, 'x');
  const auto damaged = Database::open({.file = garbage}, kThings);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error(), (Error{ErrorCode::kInternalError, "the database file is damaged"}));

  const auto nowhere = Database::open({.file = directory.path() / "absent" / "x.db"}, kThings);
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error(), (Error{ErrorCode::kServiceUnavailable, "the database cannot be opened"}));
}

}  // namespace
}  // namespace parley::storage
