// SPDX-License-Identifier: Apache-2.0
#include "accounts/module.hpp"

#include "runtime/clock.hpp"

#include <cstdlib>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace parley::accounts {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

struct TestFolder {
  TestFolder() {
    std::string pattern = (fs::temp_directory_path() / "parley-test-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~TestFolder() { fs::remove_all(path); }
  fs::path path;
};

TEST(OpenTokens, KeepsTheKeyThatItMadeAndForThisUserOnly) {
  const TestFolder folder;
  const auto clock = std::make_shared<runtime::SystemClock>();
  const auto first = open_tokens({}, folder.path / "data", clock);
  ASSERT_TRUE(first);
  const auto token = (*first)->mint({PrincipalKind::kUser, "alice"}, 1h);
  ASSERT_TRUE(token);
  const auto again = open_tokens({}, folder.path / "data", clock);
  ASSERT_TRUE(again);
  EXPECT_TRUE((*again)->verify(*token));
  const auto key = folder.path / "data/accounts/token.key";
  EXPECT_EQ(fs::status(key).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(std::distance(fs::directory_iterator(key.parent_path()), {}), 1);
}

TEST(OpenTokens, TakesTheConfiguredSecretInstead) {
  const TestFolder folder;
  Config config;
  config.token_secret = "a secret that several servers share";
  ASSERT_TRUE(open_tokens(config, folder.path, std::make_shared<runtime::SystemClock>()));
  EXPECT_FALSE(fs::exists(folder.path / "accounts"));
}

TEST(OpenTokens, SaysWhenTheKeyIsBroken) {
  const TestFolder folder;
  fs::create_directories(folder.path / "accounts");
  std::ofstream(folder.path / "accounts/token.key") << "cut";
  const auto opened = open_tokens({}, folder.path, std::make_shared<runtime::SystemClock>());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, runtime::ErrorCode::kServiceUnavailable);
}

TEST(AccountsConfig, RefusesAShortSecret) {
  Config config;
  EXPECT_TRUE(config.validate());
  config.token_secret = "short";
  EXPECT_FALSE(config.validate());
}

}  // namespace
}  // namespace parley::accounts
