// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_standing.hpp"

#include "inference/testing/models.hpp"

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

using runtime::ErrorCode;
using Stamp = EngineStanding::Stamp;
using namespace std::chrono_literals;

const Stamp kFiles{};
const Stamp kOtherFiles = kFiles + 1s;
const runtime::TimePoint kNow{};

TEST(EngineStanding, LetsAModelStartAgainAtOnceThenAfterAPauseThenNoMore) {
  EngineStanding standing;
  EXPECT_TRUE(standing.may_start("m", kFiles, kNow));
  EXPECT_FALSE(standing.died("m", kFiles, 1s, "signal SIGSEGV", kNow));
  EXPECT_TRUE(standing.may_start("m", kFiles, kNow));
  EXPECT_FALSE(standing.died("m", kFiles, 1s, "signal SIGSEGV", kNow));
  const auto rests = standing.may_start("m", kFiles, kNow + 1s);
  ASSERT_FALSE(rests);
  EXPECT_EQ(rests.error().code, ErrorCode::kServiceUnavailable);
  EXPECT_EQ(rests.error().retry_after, std::chrono::milliseconds(4000));
  EXPECT_TRUE(standing.may_start("m", kFiles, kNow + EngineStanding::kPause));
  EXPECT_TRUE(standing.died("m", kFiles, 1s, "exit status 255", kNow));
  const auto aside = standing.may_start("m", kFiles, kNow + 24h);
  ASSERT_FALSE(aside);
  EXPECT_EQ(aside.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_NE(aside.error().message.find("exit status 255"), std::string::npos);
  EXPECT_TRUE(standing.may_start("other", kFiles, kNow));
}

TEST(EngineStanding, ForgetsWhenTheFilesChange) {
  EngineStanding standing;
  for (int i = 0; i < 3; ++i) standing.died("m", kFiles, 1s, "signal SIGABRT", kNow);
  ASSERT_EQ(standing.troubles().size(), 1U);
  EXPECT_TRUE(standing.troubles().front().set_aside);
  EXPECT_FALSE(standing.may_start("m", kFiles, kNow));
  EXPECT_TRUE(standing.may_start("m", kOtherFiles, kNow));
  EXPECT_TRUE(standing.troubles().empty());
}

TEST(EngineStanding, DeathsFarApartAreNotCountedTogether) {
  EngineStanding standing;
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(standing.died("m", kFiles, EngineStanding::kQuick, "signal SIGKILL", kNow));
    EXPECT_TRUE(standing.may_start("m", kFiles, kNow));
  }
}

TEST(FolderStamp, ChangesWithAFile) {
  const testing::Folder folder;
  testing::write_file(folder.path() / "model.onnx", "one");
  std::filesystem::last_write_time(folder.path() / "model.onnx", Stamp::clock::now() + 1h);
  const auto before = stamp_of(folder.path());
  std::filesystem::last_write_time(folder.path() / "model.onnx", Stamp::clock::now() + 2h);
  EXPECT_NE(stamp_of(folder.path()), before);
  EXPECT_NO_THROW(stamp_of(folder.path() / "absent"));
}

}  // namespace
}  // namespace parley::inference
