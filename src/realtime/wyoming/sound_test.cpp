// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/sound.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace parley::realtime::wyoming {
namespace {

using Samples = std::vector<std::int16_t>;

Event chunk(int rate, int width, int channels, std::string payload) {
  return {"audio-chunk", {{"rate", rate}, {"width", width}, {"channels", channels}}, std::move(payload)};
}

TEST(WyomingSound, SamplesOfAnyWidthAreTheSame) {
  using namespace std::string_literals;
  for (const auto& [width, bytes] : {std::pair{1, "\x01\xff\x80"s}, std::pair{2, "\x00\x01\x00\xff\x00\x80"s},
                                     std::pair{3, "\x09\x00\x01\x09\x00\xff\x09\x00\x80"s},
                                     std::pair{4, "\x07\x09\x00\x01\x07\x09\x00\xff\x07\x09\x00\x80"s}}) {
    SoundIntake intake({});
    const auto samples = intake.take(chunk(16000, width, 1, bytes));
    ASSERT_TRUE(samples) << width;
    EXPECT_EQ(*samples, (Samples{256, -256, -32768})) << width;
    EXPECT_TRUE(intake.finish().empty());
  }
}

TEST(WyomingSound, OtherRatesAndChannelsBecomeSpeech) {
  // One second of 440 Hz, in both channels, in chunks of 10 ms.
  SoundIntake intake({});
  Samples heard;
  for (int block = 0; block < 100; ++block) {
    std::string bytes;
    for (int i = 0; i < 441; ++i) {
      const double phase = 2 * std::numbers::pi * 440 * (block * 441 + i) / 44100.0;
      const auto sample = static_cast<std::int16_t>(std::lround(8000 * std::sin(phase)));
      for (int channel = 0; channel < 2; ++channel) {
        bytes += static_cast<char>(sample & 0xff);
        bytes += static_cast<char>((sample >> 8) & 0xff);
      }
    }
    const auto samples = intake.take(chunk(44100, 2, 2, std::move(bytes)));
    ASSERT_TRUE(samples);
    heard.insert(heard.end(), samples->begin(), samples->end());
  }
  const Samples rest = intake.finish();
  heard.insert(heard.end(), rest.begin(), rest.end());
  EXPECT_NEAR(static_cast<double>(heard.size()), 16000, 64);
  int crossings = 0;
  for (std::size_t i = 1; i < heard.size(); ++i) crossings += heard[i - 1] < 0 && heard[i] >= 0 ? 1 : 0;
  EXPECT_NEAR(crossings, 440, 2);
}

TEST(WyomingSound, IsPreprocessedInWholeFramesAndNothingIsLost) {
  SoundIntake intake({.high_pass = true, .noise_suppression = "off", .gain_control = false});
  std::size_t count = 0;
  for (int i = 0; i < 10; ++i) {
    const auto samples = intake.take(chunk(16000, 2, 1, std::string(250, '\0')));
    ASSERT_TRUE(samples);
    EXPECT_EQ(samples->size() % audio::Preprocessor::kFrame, 0U);
    count += samples->size();
  }
  EXPECT_EQ(count + intake.finish().size(), 1250U);
}

TEST(WyomingSound, IsRefusedWhenItCannotBe) {
  struct Case {
    Event event;
    const char* param;
  };
  for (const auto& [event, param] :
       {Case{{"audio-chunk", {}}, "rate"},
        {{"audio-chunk", {{"rate", "fast"}, {"width", 2}, {"channels", 1}}}, "rate"},
        {chunk(7999, 2, 1, ""), "rate"},
        {chunk(96001, 2, 1, ""), "rate"},
        {chunk(16000, 0, 1, ""), "width"},
        {chunk(16000, 5, 1, ""), "width"},
        {chunk(16000, 2, 0, ""), "channels"},
        {chunk(16000, 2, 9, ""), "channels"},
        {chunk(16000, 2, 1, "abc"), "payload_length"},
        {chunk(16000, 2, 2, "ab"), "payload_length"}}) {
    SoundIntake intake({});
    const auto samples = intake.take(event);
    ASSERT_FALSE(samples) << format(event);
    EXPECT_EQ(samples.error().code, runtime::ErrorCode::kBadRequest);
    EXPECT_EQ(samples.error().param, param);
  }
}

}  // namespace
}  // namespace parley::realtime::wyoming
