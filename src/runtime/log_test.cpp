// SPDX-License-Identifier: Apache-2.0
#include "runtime/log.hpp"

#include "runtime/ids.hpp"
#include "runtime/json.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

class LogFile : public testing::Test {
 public:
  ~LogFile() override { std::filesystem::remove_all(directory_); }

 protected:
  LogFile() : directory_(std::filesystem::temp_directory_path() / make_id("parley_log")) {
    std::filesystem::create_directory(directory_);
  }

  std::filesystem::path directory_;
};

TEST_F(LogFile, HoldsOneJsonObjectPerLineWithTheCorrelationId) {
  LogConfig config;
  config.file = (directory_ / "parley.log").string();
  {
    const auto log = Log::open(config);
    ASSERT_TRUE(log);
    Context context;
    context.correlation_id = "req_1";
    (*log)->info(context, "turn_done", {{"words", 3}, {"text", std::string("a \"quote\"\n")}});
    (*log)->debug(context, "not_written");
  }
  std::ifstream file(config.file);
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  const auto value = parse_json(line);
  ASSERT_TRUE(value) << line;
  EXPECT_EQ(value->at("event"), "turn_done");
  EXPECT_EQ(value->at("correlation_id"), "req_1");
  EXPECT_EQ(value->at("text"), "a \"quote\"\n");
  EXPECT_FALSE(std::getline(file, line));
}

TEST_F(LogFile, IsRotatedBySize) {
  LogConfig config;
  config.file = (directory_ / "parley.log").string();
  config.rotate_bytes = 1000;
  config.rotate_files = 2;
  {
    const auto log = Log::open(config);
    ASSERT_TRUE(log);
    for (int i = 0; i < 100; ++i) (*log)->info({}, "line", {{"i", i}});
  }
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    ++files;
    EXPECT_LE(entry.file_size(), 1000U);
  }
  EXPECT_EQ(files, 3U);
}

TEST_F(LogFile, CannotBeOpenedWhereThereIsNoFolder) {
  LogConfig config;
  config.file = (directory_ / "file").string();
  std::ofstream(config.file) << "x";
  config.file += "/parley.log";
  const auto log = Log::open(config);
  ASSERT_FALSE(log);
  EXPECT_EQ(log.error().param, "log.file");
}

TEST(LogLimiter, LetsOneASecondThroughAndCountsTheRest) {
  LogLimiter limiter;
  const TimePoint start{std::chrono::hours(1)};
  EXPECT_EQ(limiter.admit(start), std::optional<std::uint64_t>(0));
  EXPECT_FALSE(limiter.admit(start + std::chrono::milliseconds(10)));
  EXPECT_FALSE(limiter.admit(start + std::chrono::milliseconds(900)));
  EXPECT_EQ(limiter.admit(start + std::chrono::milliseconds(1001)), std::optional<std::uint64_t>(2));
}

TEST(Ids, AreDifferentAndPrefixed) {
  EXPECT_TRUE(make_id("item").starts_with("item_"));
  EXPECT_EQ(make_id("item").size(), 29U);
  EXPECT_NE(make_id("item"), make_id("item"));
}

}  // namespace
}  // namespace parley::runtime
