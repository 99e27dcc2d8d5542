// SPDX-License-Identifier: Apache-2.0
#include "speech/speech_cutter.hpp"

#include "speech/testing/voices.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using namespace testing;

constexpr std::int64_t kSecond = 16000;

std::vector<SpeechPiece> cut(const Samples& samples, std::size_t block = 1024) {
  SpeechCutter cutter((VadConfig()));
  std::vector<SpeechPiece> all;
  for (std::size_t at = 0; at < samples.size(); at += block) {
    auto ended = cutter.push(std::span(samples).subspan(at, std::min(block, samples.size() - at)));
    std::move(ended.begin(), ended.end(), std::back_inserter(all));
  }
  auto last = cutter.finish();
  if (last) all.push_back(std::move(*last));
  return all;
}

TEST(SpeechCutter, CutsAtPausesAndKeepsTheirSamples) {
  const Samples recording = joined(
      {silence(1), voice(2, -20), silence(1.5), voice(1.5, -20), silence(0.3), voice(1, -20), silence(1)});
  for (const std::size_t block : {std::size_t{7}, std::size_t{1024}, recording.size()}) {
    const auto pieces = cut(recording, block);
    ASSERT_EQ(pieces.size(), 2u) << block;
    EXPECT_NEAR(static_cast<double>(pieces[0].begin), 0.7 * kSecond, 0.1 * kSecond);
    EXPECT_NEAR(static_cast<double>(pieces[1].begin), 4.2 * kSecond, 0.1 * kSecond);
    for (const auto& piece : pieces) {
      ASSERT_LE(piece.begin + static_cast<std::int64_t>(piece.samples.size()),
                static_cast<std::int64_t>(recording.size()));
      EXPECT_TRUE(std::equal(piece.samples.begin(), piece.samples.end(), recording.begin() + piece.begin));
    }
  }
}

TEST(SpeechCutter, AShortPauseEndsOnlyALongPiece) {
  const auto after = [](double seconds) {
    return cut(joined({silence(1), voice(seconds, -20), silence(0.9), voice(1, -20), silence(1)})).size();
  };
  EXPECT_EQ(after(2), 1U);
  EXPECT_EQ(after(16), 2U);
}

TEST(SpeechCutter, CutsWhatNeverPausesWhereItIsQuiet) {
  std::vector<Samples> parts;
  for (int i = 0; i < 17; ++i) {
    parts.push_back(voice(1.7, -20));
    parts.push_back(i == 12 ? silence(0.3) : white_noise(0.3, -60));
  }
  const auto pieces = cut(joined(parts));
  ASSERT_EQ(pieces.size(), 2u);
  const auto end = pieces[0].begin + static_cast<std::int64_t>(pieces[0].samples.size());
  EXPECT_GE(end, 26 * kSecond - 3 * kSecond / 10);
  EXPECT_LE(end, 26 * kSecond);
  EXPECT_EQ(pieces[1].begin, end) << "nothing is lost or doubled";
}

TEST(SpeechCutter, FindsNothingInSilence) {
  EXPECT_TRUE(cut(silence(5)).empty());
  EXPECT_TRUE(cut({}).empty());
}

}  // namespace
}  // namespace parley::speech
