// SPDX-License-Identifier: Apache-2.0
#include "audio/echo_canceller.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

using Samples = std::vector<std::int16_t>;

// Noise in syllables of a fifth of a second, as long and as loud as speech.
Samples syllables(double seconds, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal(0, 3000);
  Samples samples(static_cast<std::size_t>(seconds * 16000));
  double low = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    low += 0.3 * (normal(random) - low);
    const double phase = static_cast<double>(i % 3200) / 3200;
    samples[i] = static_cast<std::int16_t>(std::lround(low * std::max(0.0, std::sin(6.0 * phase))));
  }
  return samples;
}

// What a microphone hears of it: later, at a third of the level, and once more from a wall.
Samples echo_of(const Samples& played, std::size_t delay_ms) {
  Samples heard(played.size());
  const std::size_t delay = delay_ms * 16;
  for (std::size_t i = delay + 320; i < heard.size(); ++i) {
    heard[i] = static_cast<std::int16_t>(played[i - delay] / 3 - played[i - delay - 320] / 8);
  }
  return heard;
}

void process(EchoCanceller& canceller, const Samples& played, Samples& heard) {
  constexpr std::size_t kFrame = EchoCanceller::kFrame;
  for (std::size_t at = 0; at + kFrame <= heard.size(); at += kFrame) {
    const auto certain = canceller.process(std::span<const std::int16_t, kFrame>(played.data() + at, kFrame),
                                           std::span<std::int16_t, kFrame>(heard.data() + at, kFrame));
    std::ranges::copy(certain, heard.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

double decibels(const Samples& samples, double from, double to) {
  double sum = 0;
  const auto begin = static_cast<std::size_t>(from * 16000);
  const auto end = static_cast<std::size_t>(to * 16000);
  for (std::size_t i = begin; i < end; ++i) sum += static_cast<double>(samples[i]) * samples[i];
  return 10 * std::log10(sum / static_cast<double>(end - begin) + 1e-3);
}

class EchoAfter : public ::testing::TestWithParam<std::size_t> {};

TEST_P(EchoAfter, IsTakenOutWhateverItsDelay) {
  const Samples played = syllables(6, 1);
  Samples heard = echo_of(played, GetParam());
  const double before = decibels(heard, 3, 6);
  EchoCanceller canceller;
  process(canceller, played, heard);
  EXPECT_LT(decibels(heard, 3, 6), before - 10);
  EXPECT_LT(decibels(heard, 0, 1), before - 6) << "the first of it, too";
}

INSTANTIATE_TEST_SUITE_P(Delays, EchoAfter, ::testing::Values(20, 100, 180, 250, 330));

TEST(EchoCanceller, LetsAVoiceThrough) {
  const Samples played = syllables(6, 1);
  Samples heard = echo_of(played, 80);
  const Samples voice = syllables(1, 2);
  for (std::size_t i = 0; i < voice.size(); ++i)
    heard[64'000 + i] = static_cast<std::int16_t>(heard[64'000 + i] + voice[i]);
  EchoCanceller canceller;
  process(canceller, played, heard);
  EXPECT_NEAR(decibels(heard, 4, 5), decibels(voice, 0, 1), 6);
  EXPECT_LT(decibels(heard, 5.2, 6), decibels(voice, 0, 1) - 15);
}

// By then the filter has heard its past again and again.
TEST(EchoCanceller, LetsAVoiceThroughThatIsFainterThanTheEchoOfTheFirstWords) {
  const Samples played = syllables(1, 1);
  Samples heard = echo_of(played, 80);
  Samples voice = syllables(0.4, 2);
  for (std::size_t i = 0; i < voice.size(); ++i) {
    voice[i] = static_cast<std::int16_t>(voice[i] / 5);
    heard[9600 + i] = static_cast<std::int16_t>(heard[9600 + i] + voice[i]);
  }
  EchoCanceller canceller;
  process(canceller, played, heard);
  EXPECT_NEAR(decibels(heard, 0.6, 0.9), decibels(voice, 0, 0.3), 6);
}

// As the "s" of "stop", which is fainter than the echo, but nowhere near it in pitch.
TEST(EchoCanceller, LetsAHissThrough) {
  const Samples played = syllables(6, 1);
  Samples heard = echo_of(played, 80);
  std::mt19937 random(3);
  std::normal_distribution<double> normal(0, 100);
  double before = 0;
  Samples hiss(3200);
  for (std::int16_t& sample : hiss) {
    const double now = normal(random);
    sample = static_cast<std::int16_t>(std::lround(now - std::exchange(before, now)));
  }
  for (std::size_t i = 0; i < hiss.size(); ++i)
    heard[64'000 + i] = static_cast<std::int16_t>(heard[64'000 + i] + hiss[i]);
  EXPECT_LT(decibels(hiss, 0, 0.2), decibels(echo_of(played, 80), 4, 4.2) - 3);
  EchoCanceller canceller;
  process(canceller, played, heard);
  EXPECT_NEAR(decibels(heard, 4.02, 4.18), decibels(hiss, 0, 0.2), 4);
}

TEST(EchoCanceller, KnowsTheRoomAfterARest) {
  EchoCanceller canceller;
  const Samples first = syllables(4, 1);
  Samples heard = echo_of(first, 80);
  process(canceller, first, heard);
  EXPECT_TRUE(canceller.echo());
  canceller.rest();
  const Samples second = syllables(1, 3);
  heard = echo_of(second, 80);
  const double before = decibels(heard, 0, 0.4);
  process(canceller, second, heard);
  EXPECT_TRUE(canceller.echo());
  EXPECT_LT(decibels(heard, 0, 0.4), before - 15);
}

TEST(EchoCanceller, TakesNothingForAVoiceWhenTheEchoIsSuddenlyLater) {
  EchoCanceller canceller;
  const Samples played = syllables(4, 1);
  Samples heard = echo_of(played, 80);
  process(canceller, played, heard);
  canceller.changed();
  const Samples later = syllables(4, 3);
  heard = echo_of(later, 110);
  const double before = decibels(heard, 0, 1);
  process(canceller, later, heard);
  EXPECT_LT(decibels(heard, 0, 1), before - 12);
}

TEST(EchoCanceller, HasNoEchoOnceTheListenerWearsHeadphones) {
  EchoCanceller canceller;
  const Samples played = syllables(4, 1);
  Samples heard = echo_of(played, 80);
  process(canceller, played, heard);
  canceller.rest();
  for (int answer = 0; answer < 2; ++answer) {
    Samples silence(played.size());
    process(canceller, played, silence);
    canceller.rest();
  }
  EXPECT_FALSE(canceller.echo());
}

TEST(EchoCanceller, TouchesNothingWhereThereIsNoEcho) {
  const Samples played = syllables(3, 1);
  Samples heard(played.size());
  const Samples voice = syllables(1, 2);
  std::copy(voice.begin(), voice.end(), heard.begin() + 32'000);
  const Samples before = heard;
  EchoCanceller canceller;
  process(canceller, played, heard);
  EXPECT_EQ(heard, before);
}

}  // namespace
}  // namespace parley::audio
