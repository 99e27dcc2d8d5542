// SPDX-License-Identifier: Apache-2.0
#include "audio/leveler.hpp"

#include "audio/level.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

constexpr int kRate = 16000;

std::vector<std::int16_t> sine(double hertz, double peak, double seconds, double offset = 0) {
  std::vector<std::int16_t> samples(static_cast<std::size_t>(seconds * kRate));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hertz * static_cast<double>(i) / kRate;
    samples[i] = static_cast<std::int16_t>(std::lround(offset + peak * std::sin(angle)));
  }
  return samples;
}

std::vector<std::int16_t> leveled(const std::vector<std::int16_t>& samples, double gain_db,
                                  std::size_t block = 160) {
  Leveler leveler(kRate, gain_db);
  std::vector<std::int16_t> out;
  for (std::size_t i = 0; i < samples.size(); i += block) {
    leveler.process(std::span(samples).subspan(i, std::min(block, samples.size() - i)), out);
  }
  leveler.flush(out);
  return out;
}

int peak(const std::vector<std::int16_t>& samples) {
  int greatest = 0;
  for (const int sample : samples) greatest = std::max(greatest, std::abs(sample));
  return greatest;
}

TEST(Leveler, GivesEverySampleBackInItsPlace) {
  for (const std::size_t count : {0u, 1u, 79u, 80u, 81u, 5000u}) {
    std::vector<std::int16_t> samples(count);
    if (count > 0) samples[count / 2] = 10000;
    const auto out = leveled(samples, 0, 7);
    ASSERT_EQ(out.size(), count);
    if (count > 0) {
      EXPECT_NEAR(out[count / 2], 10000, 1) << count;
    }
  }
}

TEST(Leveler, AppliesTheGain) {
  const auto in = sine(440, 4000, 1);
  EXPECT_NEAR(rms_dbfs(leveled(in, 6)) - rms_dbfs(in), 6, 0.05);
  EXPECT_NEAR(rms_dbfs(leveled(in, -6)) - rms_dbfs(in), -6, 0.05);
}

TEST(Leveler, NeverExceedsTheCeiling) {
  const int ceiling = static_cast<int>(32767 * std::pow(10.0, kPeakCeilingDbfs / 20));
  for (const double gain : {3.0, 12.0, 40.0}) {
    for (const double hertz : {55.0, 440.0, 3100.0}) {
      EXPECT_LE(peak(leveled(sine(hertz, 30000, 0.5), gain)), ceiling + 1) << gain << " dB, " << hertz;
    }
    std::vector<std::int16_t> clicks(8000);
    for (std::size_t i = 100; i < clicks.size(); i += 611) clicks[i] = i % 2 == 0 ? 32767 : -32768;
    EXPECT_LE(peak(leveled(clicks, gain)), ceiling + 1) << gain;
  }
}

// A clipped sine has harmonics at a tenth of its power; a limited one, hardly any.
TEST(Leveler, TurnsDownInsteadOfClipping) {
  const auto out = leveled(sine(500, 30000, 1), 6);
  double third_sine = 0;
  double third_cosine = 0;
  double power = 0;
  const std::size_t from = 4000;
  for (std::size_t i = from; i < out.size(); ++i) {
    const double angle = 2 * std::numbers::pi * 1500 * static_cast<double>(i) / kRate;
    third_sine += out[i] * std::sin(angle);
    third_cosine += out[i] * std::cos(angle);
    power += double{1} * out[i] * out[i];
  }
  const auto count = static_cast<double>(out.size() - from);
  const double third = 2 * (third_sine * third_sine + third_cosine * third_cosine) / (count * count);
  EXPECT_LT(10 * std::log10(third / (power / count)), -50);
}

TEST(Leveler, LetsGoAfterALoudSound) {
  auto in = sine(440, 30000, 0.2);
  const auto quiet = sine(440, 3000, 1);
  in.insert(in.end(), quiet.begin(), quiet.end());
  const auto out = leveled(in, 12);
  const std::vector<std::int16_t> end(out.end() - kRate / 2, out.end());
  EXPECT_NEAR(rms_dbfs(end) - rms_dbfs(quiet), 12, 0.2);
}

TEST(Leveler, TakesOutAConstantOffset) {
  const auto out = leveled(sine(440, 3000, 1, 900), 0);
  double sum = 0;
  const std::size_t from = kRate / 2;
  for (std::size_t i = from; i < out.size(); ++i) sum += out[i];
  EXPECT_NEAR(sum / static_cast<double>(out.size() - from), 0, 10);
}

TEST(Leveler, DoesNotDependOnHowBlocksAreCut) {
  const auto in = sine(330, 28000, 0.3);
  EXPECT_EQ(leveled(in, 6, 1), leveled(in, 6, 4800));
}

}  // namespace
}  // namespace parley::audio
