// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/clause_audio.hpp"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

constexpr std::int64_t kMs = 16;
constexpr std::int64_t kLead = 30;  // milliseconds kept before the first sound

// Noise of an engine, with speech (a square wave, heard at once) in [begin, end).
std::vector<std::int16_t> made(std::int64_t begin, std::int64_t end, std::int64_t total) {
  std::vector<std::int16_t> samples;
  for (std::int64_t i = 0; i < total; ++i) {
    const int level = i >= begin && i < end ? 8000 : 90;
    samples.push_back(static_cast<std::int16_t>(i % 2 == 0 ? level : -level));
  }
  return samples;
}

std::vector<std::int16_t> trim(ClauseTrimmer& trimmer, const std::vector<std::int16_t>& samples,
                               std::size_t block) {
  std::vector<std::int16_t> out;
  for (std::size_t at = 0; at < samples.size() && !trimmer.complete(); at += block) {
    trimmer.push(std::span(samples).subspan(at, std::min(block, samples.size() - at)), out);
  }
  trimmer.finish(out);
  return out;
}

TEST(ClauseTrimmer, KeepsTheRiseInFrontAndThePauseBehind) {
  const auto samples = made(200 * kMs, 700 * kMs, 900 * kMs);
  for (const std::size_t block : {1u, 7u, 400u, 100'000u}) {
    ClauseTrimmer trimmer({200 * kMs, 700 * kMs}, 220 * kMs);
    const auto out = trim(trimmer, samples, block);
    ASSERT_EQ(out.size(), static_cast<std::size_t>((kLead + 500 + 220) * kMs)) << block;
    EXPECT_EQ(out[0], 0);
    EXPECT_EQ(out[kLead * kMs], samples[200 * kMs]);
    EXPECT_EQ(out[(kLead + 499) * kMs], samples[699 * kMs]);
    // The last sound may ring for 60 ms, fading at the end of them; then there is nothing.
    EXPECT_NE(out[(kLead + 555) * kMs], 0);
    EXPECT_TRUE(
        std::all_of(out.begin() + (kLead + 560) * kMs, out.end(), [](int sample) { return sample == 0; }));
    EXPECT_EQ(trimmer.output_position(200 * kMs), kLead * kMs);
    EXPECT_EQ(trimmer.output_position(0), 0);
    EXPECT_EQ(trimmer.output_position(900 * kMs), (kLead + 500) * kMs);
  }
}

TEST(ClauseTrimmer, GoesByWhatIsHeardRatherThanByTheLabel) {
  // A stop consonant: the label begins 70 ms before its burst.
  ClauseTrimmer late({200 * kMs, 700 * kMs}, 220 * kMs);
  EXPECT_EQ(trim(late, made(270 * kMs, 700 * kMs, 900 * kMs), 400).size(),
            static_cast<std::size_t>((kLead + 430 + 220) * kMs));
  ClauseTrimmer early({200 * kMs, 700 * kMs}, 220 * kMs);
  EXPECT_EQ(trim(early, made(170 * kMs, 700 * kMs, 900 * kMs), 400).size(),
            static_cast<std::size_t>((kLead + 530 + 220) * kMs));
}

TEST(ClauseTrimmer, IgnoresAClickLongBeforeAndWaitsForNoSoundForEver) {
  auto samples = made(200 * kMs, 700 * kMs, 900 * kMs);
  samples[20 * kMs] = 3000;
  ClauseTrimmer click({200 * kMs, 700 * kMs}, 220 * kMs);
  EXPECT_EQ(trim(click, samples, 400).size(), static_cast<std::size_t>((kLead + 500 + 220) * kMs));
  ClauseTrimmer quiet({200 * kMs, 700 * kMs}, 220 * kMs);
  EXPECT_EQ(trim(quiet, made(0, 0, 900 * kMs), 400).size(),
            static_cast<std::size_t>((kLead + 410 + 220) * kMs));
}

TEST(ClauseTrimmer, FillsThePauseWhenTheEngineEndsEarly) {
  ClauseTrimmer trimmer({200 * kMs, 700 * kMs}, 220 * kMs);
  EXPECT_EQ(trim(trimmer, made(200 * kMs, 700 * kMs, 720 * kMs), 400).size(),
            static_cast<std::size_t>((kLead + 500 + 220) * kMs));
}

TEST(ClauseTrimmer, LeavesNoGapWithoutAPause) {
  ClauseTrimmer trimmer({200 * kMs, 700 * kMs}, 0);
  const auto out = trim(trimmer, made(200 * kMs, 700 * kMs, 900 * kMs), 400);
  EXPECT_EQ(out.size(), static_cast<std::size_t>((kLead + 500) * kMs));
  EXPECT_LT(std::abs(out.back()), 100);
}

}  // namespace
}  // namespace parley::speech
