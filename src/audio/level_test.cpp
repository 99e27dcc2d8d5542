// SPDX-License-Identifier: Apache-2.0
#include "audio/level.hpp"

#include "audio/testing/signals.hpp"

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

TEST(Level, IsMeasuredAgainstAFullScaleSquare) {
  EXPECT_EQ(rms_dbfs({}), kSilenceDbfs);
  EXPECT_EQ(rms_dbfs(std::vector<std::int16_t>(100, 0)), kSilenceDbfs);
  EXPECT_DOUBLE_EQ(rms_dbfs(std::vector<std::int16_t>(100, -32768)), 0.0);
  EXPECT_NEAR(rms_dbfs(testing::sine({16000, 1}, 1000, 1.0, 1.0).samples), -3.01, 0.01);
  EXPECT_NEAR(peak_dbfs(testing::sine({16000, 1}, 1000, 1.0, 0.5).samples), -6.02, 0.01);
  EXPECT_DOUBLE_EQ(peak_dbfs(std::vector<std::int16_t>{0, -32768, 5}), 0.0);
}

TEST(Mix, AveragesChannelsWithoutOverflow) {
  EXPECT_EQ(mix_to_mono(std::vector<std::int16_t>{32767, 32767, -32768, -32768, 10, 20}, 2),
            (std::vector<std::int16_t>{32767, -32768, 15}));
  EXPECT_EQ(mix_to_mono(std::vector<std::int16_t>{1, 2, 3}, 1), (std::vector<std::int16_t>{1, 2, 3}));
  EXPECT_EQ(mix_to_mono(std::vector<std::int16_t>{1, 2, 3}, 2), (std::vector<std::int16_t>{1}));
}

}  // namespace
}  // namespace parley::audio
