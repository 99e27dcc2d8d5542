// SPDX-License-Identifier: Apache-2.0
#include "audio/preprocessor.hpp"

#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

using Samples = std::vector<std::int16_t>;

Samples sine(double hz, double amplitude, double seconds) {
  Samples samples(static_cast<std::size_t>(seconds * 16000));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<std::int16_t>(
        std::lround(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / 16000)));
  }
  return samples;
}

Samples noise(double amplitude, double seconds) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal(0, amplitude);
  Samples samples(static_cast<std::size_t>(seconds * 16000));
  for (auto& sample : samples) sample = static_cast<std::int16_t>(std::lround(normal(random)));
  return samples;
}

// The level of the last second, in dB of the square of a sample.
double level_after(const PreprocessConfig& config, Samples samples) {
  Preprocessor preprocessor(config);
  for (std::size_t at = 0; at + Preprocessor::kFrame <= samples.size(); at += Preprocessor::kFrame) {
    preprocessor.process(
        std::span<std::int16_t, Preprocessor::kFrame>(samples.data() + at, Preprocessor::kFrame));
  }
  double sum = 0;
  for (std::size_t i = samples.size() - 16000; i < samples.size(); ++i) {
    sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  }
  return 10 * std::log10(sum / 16000 + 1e-9);
}

TEST(Preprocessor, TakesRumbleOutAndLeavesVoices) {
  const PreprocessConfig config{.high_pass = true};
  EXPECT_LT(level_after(config, sine(30, 8000, 2)), level_after({}, sine(30, 8000, 2)) - 12);
  EXPECT_NEAR(level_after(config, sine(500, 8000, 2)), level_after({}, sine(500, 8000, 2)), 1);
}

TEST(Preprocessor, SuppressesSteadyNoiseTheMoreItIsTold) {
  double last = level_after({}, noise(800, 5));
  for (const char* level : {"low", "moderate", "high", "very_high"}) {
    const double now = level_after({.noise_suppression = level}, noise(800, 5));
    EXPECT_LT(now, last - 2) << level;
    last = now;
  }
}

TEST(Preprocessor, AmplifiesQuietVoices) {
  EXPECT_GT(level_after({.gain_control = true}, sine(300, 600, 6)), level_after({}, sine(300, 600, 6)) + 3);
}

TEST(Preprocessor, ChangesNothingWhenAllIsOff) {
  const PreprocessConfig off;
  EXPECT_FALSE(off.enabled());
  EXPECT_NEAR(level_after(off, noise(800, 2)), 10 * std::log10(800.0 * 800), 0.3);
}

TEST(Preprocessor, KnowsItsLevels) {
  EXPECT_TRUE(PreprocessConfig{}.validate());
  EXPECT_TRUE(PreprocessConfig{.noise_suppression = "very_high"}.validate());
  EXPECT_EQ(PreprocessConfig{.noise_suppression = "loud"}.validate().error().param,
            "audio.noise_suppression");
}

}  // namespace
}  // namespace parley::audio
