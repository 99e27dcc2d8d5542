// SPDX-License-Identifier: Apache-2.0
#include "audio/resampler.hpp"

#include "audio/level.hpp"
#include "audio/testing/signals.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

const PcmFormat kFormats[] = {{8000, 1},  {11025, 1}, {16000, 1}, {16000, 2},
                              {24000, 1}, {44100, 2}, {48000, 2}};
constexpr int kRates[] = {8000, 16000, 24000, 48000};

template <class Resampler>
std::vector<std::int16_t> convert(const Pcm& pcm, int to_rate, std::size_t block_frames) {
  auto resampler = Resampler::create(pcm.format, to_rate);
  std::vector<std::int16_t> out;
  const std::size_t block = block_frames * static_cast<std::size_t>(pcm.format.channels);
  for (std::size_t at = 0; at < pcm.samples.size(); at += block) {
    const auto part = std::span(pcm.samples).subspan(at, std::min(block, pcm.samples.size() - at));
    const auto made = resampler->process(part);
    out.insert(out.end(), made.begin(), made.end());
  }
  const auto rest = resampler->flush();
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

template <class Resampler>
void keeps_length_and_level() {
  for (const auto format : kFormats) {
    for (const int rate : kRates) {
      const auto out = convert<Resampler>(testing::sine(format, 440, 1.0), rate, 333);
      EXPECT_NEAR(static_cast<double>(out.size()), rate, 0.003 * rate) << format.rate << " to " << rate;
      const auto quarter = static_cast<std::size_t>(rate / 4);
      EXPECT_NEAR(rms_dbfs(std::span(out).subspan(quarter, 2 * quarter)), -9.03, 0.1)
          << format.rate << " to " << rate;
    }
  }
}

TEST(LiveResampler, KeepsLengthAndLevel) { keeps_length_and_level<LiveResampler>(); }
TEST(FileResampler, KeepsLengthAndLevel) { keeps_length_and_level<FileResampler>(); }

TEST(LiveResampler, IsAtMostTwoMillisecondsBehind) {
  for (const auto format : kFormats) {
    for (const int rate : kRates) {
      auto resampler = LiveResampler::create(format, rate);
      ASSERT_TRUE(resampler);
      const Pcm tone = testing::sine(format, 440, 0.1);
      const auto out = resampler->process(tone.samples);
      const double missing_ms = (0.1 * rate - static_cast<double>(out.size())) * 1000.0 / rate;
      EXPECT_LE(missing_ms, format.rate < 16000 ? 3.0 : 2.0) << format.rate << " to " << rate;
    }
  }
}

TEST(LiveResampler, GivesTheSameForAnyBlocks) {
  const Pcm tone = testing::sine({48000, 1}, 440, 0.5);
  EXPECT_EQ(convert<LiveResampler>(tone, 16000, 480), convert<LiveResampler>(tone, 16000, 7));
}

TEST(Resamplers, RemoveWhatTheNewRateCannotHold) {
  const Pcm tone = testing::sine({48000, 1}, 11'000, 1.0);
  const auto by_file = convert<FileResampler>(tone, 16000, 4800);
  const auto live = convert<LiveResampler>(tone, 16000, 480);
  EXPECT_LT(rms_dbfs(std::span(by_file).subspan(1000, 14000)), -80);
  EXPECT_LT(rms_dbfs(std::span(live).subspan(1000, 14000)), -50);
}

TEST(Resamplers, RefuseRatesThatCannotBe) {
  EXPECT_EQ(LiveResampler::create({1'000'000, 1}, 16000).error().code, runtime::ErrorCode::kBadRequest);
  EXPECT_EQ(FileResampler::create({16000, 1}, 10).error().code, runtime::ErrorCode::kBadRequest);
  EXPECT_EQ(FileResampler::create({16000, 0}, 16000).error().code, runtime::ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace parley::audio
