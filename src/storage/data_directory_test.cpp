// SPDX-License-Identifier: Apache-2.0
#include "storage/data_directory.hpp"

#include "storage/testing/temporary_directory.hpp"

#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parley::storage {
namespace {

using parley::testing::TemporaryDirectory;
using runtime::ErrorCode;

TEST(DataDirectory, IsMadeForThisUserOnly) {
  const TemporaryDirectory temporary;
  const auto path = temporary.path() / "a" / "b";
  const auto directory = DataDirectory::lock(path);
  ASSERT_TRUE(directory);
  struct stat found{};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
}

TEST(DataDirectory, RefusesASecondHolderAndNamesTheFirst) {
  const TemporaryDirectory temporary;
  auto first = DataDirectory::lock(temporary.path());
  ASSERT_TRUE(first);
  const auto silent = DataDirectory::lock(temporary.path());
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().code, ErrorCode::kConflict);
  ASSERT_TRUE(first->publish_address("https://127.0.0.1:3000"));
  const auto second = DataDirectory::lock(temporary.path());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().message.find("https://127.0.0.1:3000"), std::string::npos);
}

TEST(DataDirectory, TellsTheAddressOnlyWhileHeld) {
  const TemporaryDirectory temporary;
  EXPECT_EQ(DataDirectory::running_address(temporary.path() / "absent").value(), std::nullopt);
  {
    auto directory = DataDirectory::lock(temporary.path());
    ASSERT_TRUE(directory);
    EXPECT_EQ(DataDirectory::running_address(temporary.path()).value(), "");
    ASSERT_TRUE(directory->publish_address("http://127.0.0.1:41234"));
    EXPECT_EQ(DataDirectory::running_address(temporary.path()).value(), "http://127.0.0.1:41234");
  }
  EXPECT_EQ(DataDirectory::running_address(temporary.path()).value(), std::nullopt);
  EXPECT_TRUE(DataDirectory::lock(temporary.path()));
}

TEST(DataDirectory, IsFreeAfterItsHolderWasKilled) {
  const TemporaryDirectory temporary;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    auto held = DataDirectory::lock(temporary.path());
    const bool ok = held && held->publish_address("http://127.0.0.1:1");
    const char byte = ok ? 'y' : 'n';
    static_cast<void>(::write(ready[1], &byte, 1));
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_EQ(byte, 'y');
  EXPECT_EQ(DataDirectory::running_address(temporary.path()).value(), "http://127.0.0.1:1");
  ASSERT_EQ(::kill(child, SIGKILL), 0);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_EQ(DataDirectory::running_address(temporary.path()).value(), std::nullopt);
  EXPECT_TRUE(DataDirectory::lock(temporary.path()));
}

TEST(DataDirectory, SaysWhenThePathIsAFile) {
  const TemporaryDirectory temporary;
  const auto path = temporary.path() / "file";
  std::ofstream(path) << "x";
  for (const auto& bad : {path, path / "below"}) {
    const auto directory = DataDirectory::lock(bad);
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().code, ErrorCode::kServiceUnavailable);
    EXPECT_EQ(directory.error().param, bad.string());
  }
}

}  // namespace
}  // namespace parley::storage
