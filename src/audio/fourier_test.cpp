// SPDX-License-Identifier: Apache-2.0
#include "audio/fourier.hpp"

#include <cmath>
#include <complex>
#include <numbers>
#include <random>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

std::array<float, kTransformed> noise() {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::array<float, kTransformed> samples{};
  for (float& sample : samples) sample = normal(random);
  return samples;
}

TEST(Fourier, IsTheSumThatDefinesIt) {
  const auto samples = noise();
  const Spectrum spectrum = transform(samples);
  for (const std::size_t bin : {0U, 1U, 2U, 17U, 128U, 200U, 255U}) {
    std::complex<double> sum = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const double angle = -2 * std::numbers::pi * static_cast<double>(i * bin) / kTransformed;
      sum += static_cast<double>(samples[i]) * std::polar(1.0, angle);
    }
    EXPECT_NEAR(spectrum.re[bin], sum.real(), 1e-3) << bin;
    EXPECT_NEAR(spectrum.im[bin], sum.imag(), 1e-3) << bin;
  }
}

TEST(Fourier, ComesBackWithoutWhatStandsAtHalfTheRate) {
  const auto samples = noise();
  const auto again = inverse_transform(transform(samples));
  float highest = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) highest += i % 2 == 0 ? samples[i] : -samples[i];
  highest /= static_cast<float>(kTransformed);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_NEAR(again[i], samples[i] - (i % 2 == 0 ? highest : -highest), 1e-5) << i;
  }
}

}  // namespace
}  // namespace parley::audio
