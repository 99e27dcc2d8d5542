// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/cepstral_mean.hpp"

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

Cepstrum constant(float value) {
  Cepstrum frame{};
  frame.fill(value);
  return frame;
}

TEST(CepstralMean, MovesFromTheModelsMeanToThatOfTheSpeech) {
  CepstralMean mean;
  const float before = mean.mean()[0];
  mean.add(constant(before + 20));
  EXPECT_GT(mean.mean()[0], before);
  EXPECT_LT(mean.mean()[0], before + 2);
  for (int i = 0; i < 400; ++i) mean.add(constant(before + 20));
  EXPECT_NEAR(mean.mean()[0], before + 20, 1.1);
}

TEST(CepstralMean, ForgetsWhatIsLongAgo) {
  CepstralMean mean;
  for (int i = 0; i < 3000; ++i) mean.add(constant(10));
  for (int i = 0; i < 3000; ++i) mean.add(constant(30));
  EXPECT_NEAR(mean.mean()[5], 30, 1);
}

}  // namespace
}  // namespace parley::speech
