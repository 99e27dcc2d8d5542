// SPDX-License-Identifier: Apache-2.0
#include "audio/g711.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numbers>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

// The end of the scale on 16 bits, and how far above 0 dBm0 a sine reaches it.
constexpr double kMuLawEnd = 4 * 8159;
constexpr double kMuLawOverload = 3.17;
constexpr double kALawEnd = 8 * 4096;
constexpr double kALawOverload = 3.14;

// Tables 5 and 6 of the recommendation: a sine of 1 kHz at 0 dBm0, eight codes for its period.
constexpr std::uint8_t kMilliwattMuLaw[] = {0x1E, 0x0B, 0x0B, 0x1E, 0x9E, 0x8B, 0x8B, 0x9E};
constexpr std::uint8_t kMilliwattALaw[] = {0x34, 0x21, 0x21, 0x34, 0xB4, 0xA1, 0xA1, 0xB4};

TEST(G711, DecodesTheDigitalMilliwatt) {
  const auto expect_milliwatt = [](const std::vector<std::int16_t>& samples, double end, double overload) {
    double power = 0;
    for (const double sample : samples) power += sample * sample / 8;
    EXPECT_NEAR(10 * std::log10(power * 2 / (end * end)), -overload, 0.05);
    EXPECT_LT(samples[0], 0);
    EXPECT_EQ(samples[0], -samples[4]);
    EXPECT_EQ(samples[1], samples[2]);
  };
  expect_milliwatt(decode_mu_law(kMilliwattMuLaw), kMuLawEnd, kMuLawOverload);
  expect_milliwatt(decode_a_law(kMilliwattALaw), kALawEnd, kALawOverload);
}

TEST(G711, EncodesTheDigitalMilliwatt) {
  for (std::size_t i = 0; i < 8; ++i) {
    const double phase = (22.5 + 45.0 * static_cast<double>(i)) * std::numbers::pi / 180;
    const auto sample = [&](double end, double overload) {
      return static_cast<std::int16_t>(-std::lround(end * std::pow(10, -overload / 20) * std::sin(phase)));
    };
    EXPECT_EQ(to_mu_law(sample(kMuLawEnd, kMuLawOverload)), kMilliwattMuLaw[i]) << i;
    EXPECT_EQ(to_a_law(sample(kALawEnd, kALawOverload)), kMilliwattALaw[i]) << i;
  }
}

TEST(G711, KnowsTheEndsOfTheScales) {
  EXPECT_EQ(from_mu_law(0xFF), 0);
  EXPECT_EQ(from_mu_law(0x80), 32124);
  EXPECT_EQ(from_mu_law(0x00), -32124);
  EXPECT_EQ(from_a_law(0xD5), 8);
  EXPECT_EQ(from_a_law(0x55), -8);
  EXPECT_EQ(from_a_law(0xAA), 32256);
  EXPECT_EQ(from_a_law(0x2A), -32256);
  EXPECT_EQ(to_mu_law(0), 0xFF);
  EXPECT_EQ(to_mu_law(-1), 0x7F);
  EXPECT_EQ(to_mu_law(32767), 0x80);
  EXPECT_EQ(to_mu_law(-32768), 0x00);
  EXPECT_EQ(to_a_law(0), 0xD5);
  EXPECT_EQ(to_a_law(-1), 0x55);
  EXPECT_EQ(to_a_law(32767), 0xAA);
  EXPECT_EQ(to_a_law(-32768), 0x2A);
}

TEST(G711, GivesEveryCodeBack) {
  for (int code = 0; code < 256; ++code) {
    const auto byte = static_cast<std::uint8_t>(code);
    EXPECT_EQ(to_a_law(from_a_law(byte)), byte) << code;
    // Mu-law has two zeros; the negative one is decoded to zero, which is positive.
    if (code != 0x7F) {
      EXPECT_EQ(to_mu_law(from_mu_law(byte)), byte) << code;
    }
  }
}

// The nearest of all values, or one as near: a step is at most a sixteenth of the magnitude.
TEST(G711, TakesAValueNearEverySample) {
  for (int value = -32768; value <= 32767; ++value) {
    const auto sample = static_cast<std::int16_t>(value);
    const int mu_error = std::abs(from_mu_law(to_mu_law(sample)) - value);
    const int a_error = std::abs(from_a_law(to_a_law(sample)) - value);
    ASSERT_LE(mu_error, std::abs(value) >= 32124 ? 644 : std::abs(value) / 32 + 8) << value;
    ASSERT_LE(a_error, std::max(std::abs(value) / 32 + 1, 16)) << value;
  }
}

}  // namespace
}  // namespace parley::audio
