// SPDX-License-Identifier: Apache-2.0
#include "audio/loudness.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

// Seconds of a sine at a peak level, in every channel.
void append_sine(Pcm& pcm, double hertz, double dbfs, double seconds) {
  const double peak = 32768 * std::pow(10.0, dbfs / 20);
  const auto frames = static_cast<std::size_t>(seconds * pcm.format.rate);
  for (std::size_t i = 0; i < frames; ++i) {
    const double angle = 2 * std::numbers::pi * hertz * static_cast<double>(i) / pcm.format.rate;
    const auto sample =
        static_cast<std::int16_t>(std::clamp(std::lround(peak * std::sin(angle)), -32768L, 32767L));
    pcm.samples.insert(pcm.samples.end(), static_cast<std::size_t>(pcm.format.channels), sample);
  }
}

Pcm sine(PcmFormat format, double hertz, double dbfs, double seconds) {
  Pcm pcm{format, {}};
  append_sine(pcm, hertz, dbfs, seconds);
  return pcm;
}

TEST(Loudness, GivesAFullScaleSineInOneChannelWhatTheStandardSays) {
  for (const int rate : {8000, 16000, 22050, 24000, 44100, 48000}) {
    EXPECT_NEAR(integrated_lufs(sine({rate, 1}, 997, 0, 5)), -3.01, 0.05) << rate;
  }
}

// The first cases of EBU Tech 3341.
TEST(Loudness, MeetsTheMinimumRequirementsOfEbuTech3341) {
  const PcmFormat stereo{16000, 2};
  EXPECT_NEAR(integrated_lufs(sine(stereo, 1000, -23, 20)), -23.0, 0.1);
  EXPECT_NEAR(integrated_lufs(sine(stereo, 1000, -33, 20)), -33.0, 0.1);

  Pcm relative_gate{stereo, {}};
  append_sine(relative_gate, 1000, -36, 10);
  append_sine(relative_gate, 1000, -23, 60);
  append_sine(relative_gate, 1000, -36, 10);
  EXPECT_NEAR(integrated_lufs(relative_gate), -23.0, 0.1);

  Pcm both_gates{stereo, {}};
  append_sine(both_gates, 1000, -72, 10);
  append_sine(both_gates, 1000, -36, 10);
  append_sine(both_gates, 1000, -23, 60);
  append_sine(both_gates, 1000, -36, 10);
  append_sine(both_gates, 1000, -72, 10);
  EXPECT_NEAR(integrated_lufs(both_gates), -23.0, 0.1);

  Pcm varying{stereo, {}};
  append_sine(varying, 1000, -26, 20);
  append_sine(varying, 1000, -20, 20.1);
  append_sine(varying, 1000, -26, 20);
  EXPECT_NEAR(integrated_lufs(varying), -23.0, 0.1);
}

TEST(Loudness, WeighsWhatTheEarHearsLess) {
  const PcmFormat mono{48000, 1};
  const double middle = integrated_lufs(sine(mono, 997, -20, 3));
  EXPECT_LT(integrated_lufs(sine(mono, 40, -20, 3)), middle - 4);
  EXPECT_GT(integrated_lufs(sine(mono, 4000, -20, 3)), middle + 3);
}

TEST(Loudness, HasNothingToSayOfSilenceAndOfClicks) {
  EXPECT_EQ(integrated_lufs({{16000, 1}, std::vector<std::int16_t>(32000)}), kSilenceLufs);
  EXPECT_EQ(integrated_lufs({}), kSilenceLufs);
  EXPECT_EQ(integrated_lufs(sine({16000, 1}, 997, -6, 0.39)), kSilenceLufs);
  EXPECT_NEAR(integrated_lufs(sine({16000, 1}, 997, -6, 0.41)), -9.0, 0.3);
}

TEST(Loudness, DoesNotDependOnHowBlocksAreCut) {
  const Pcm whole = sine({16000, 2}, 440, -12, 2);
  LoudnessMeter meter(whole.format);
  std::span<const std::int16_t> rest(whole.samples);
  for (std::size_t size = 1; !rest.empty(); size = size * 3 % 1001 + 1) {
    const auto count = std::min(size, rest.size());
    meter.add(rest.first(count));
    rest = rest.subspan(count);
  }
  EXPECT_DOUBLE_EQ(meter.integrated(), integrated_lufs(whole));
}

}  // namespace
}  // namespace parley::audio
