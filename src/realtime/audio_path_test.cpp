// SPDX-License-Identifier: Apache-2.0
#include "realtime/audio_path.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using conversation::AudioSettings;

AudioSettings settings(const char* codec, std::int64_t rate) { return {codec, rate, 1, 16}; }

audio::Pcm tone(int rate, int milliseconds) {
  audio::Pcm pcm{{rate, 1}, {}};
  for (int i = 0; i < rate / 1000 * milliseconds; ++i) {
    pcm.samples.push_back(static_cast<std::int16_t>(8000 * std::sin(2 * std::numbers::pi * 440 * i / rate)));
  }
  return pcm;
}

double loudness(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const auto sample : samples) sum += static_cast<double>(sample) * sample;
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

class Formats : public ::testing::TestWithParam<AudioSettings> {};

TEST_P(Formats, CarryWhatIsSaidThereAndBack) {
  AudioOutlet outlet(GetParam());
  AudioIntake intake(GetParam());
  std::vector<std::int16_t> heard;
  const AudioOutlet::Send send = [&](const std::string& bytes) {
    const auto samples = intake.take(bytes);
    ASSERT_TRUE(samples);
    heard.insert(heard.end(), samples->begin(), samples->end());
  };
  outlet.begin();
  for (int block = 0; block < 5; ++block) EXPECT_TRUE(outlet.put(tone(22'050, 100), send));
  EXPECT_TRUE(outlet.finish(send));
  EXPECT_NEAR(static_cast<double>(heard.size()), 8000, 400);
  EXPECT_NEAR(loudness(heard), 8000 / std::numbers::sqrt2, 800);
}

INSTANTIATE_TEST_SUITE_P(AudioPath, Formats,
                         ::testing::Values(settings("pcm16", 16'000), settings("pcm16", 48'000),
                                           settings("pcm16", 8000), settings("pcmu", 8000),
                                           settings("pcma", 8000), settings("opus", 16'000),
                                           settings("opus", 48'000)));

TEST(AudioIntake, RefusesWhatIsNoAudioAndGoesOn) {
  AudioIntake pcm(settings("pcm16", 16'000));
  EXPECT_EQ(pcm.take("abc").error().code, runtime::ErrorCode::kBadRequest);
  EXPECT_EQ(pcm.take(std::string(kMaxAudioBytes + 2, '\0')).error().code,
            runtime::ErrorCode::kPayloadTooLarge);
  EXPECT_EQ(pcm.take("abcd")->size(), 2U);
  EXPECT_EQ(pcm.take("")->size(), 0U);
  AudioIntake opus(settings("opus", 48'000));
  EXPECT_EQ(opus.take("{\"type\":\"start\"}").error().code, runtime::ErrorCode::kBadRequest);
  AudioIntake telephone(settings("pcmu", 8000));
  EXPECT_TRUE(telephone.take("{\"type\":\"start\"}")) << "every byte is a sample";
}

TEST(AudioOutlet, TakesLessOfABadNetworkFromTheNextAnswerOn) {
  AudioOutlet outlet(settings("opus", 16'000));
  std::size_t messages = 0;
  std::size_t bytes = 0;
  const AudioOutlet::Send send = [&](const std::string& packet) {
    ++messages;
    bytes += packet.size();
  };
  const auto say = [&] {
    messages = bytes = 0;
    outlet.begin();
    for (int block = 0; block < 6; ++block) EXPECT_TRUE(outlet.put(tone(16'000, 100), send));
    EXPECT_TRUE(outlet.finish(send));
  };
  say();
  EXPECT_EQ(messages, 30U);
  const std::size_t good = bytes;
  outlet.adapt(conversation::NetworkTier::kFair);
  say();
  EXPECT_EQ(messages, 30U);
  EXPECT_LT(bytes, good);
  const std::size_t fair = bytes;
  outlet.adapt(conversation::NetworkTier::kPoor);
  say();
  EXPECT_EQ(messages, 10U);
  EXPECT_LT(bytes, fair);
  EXPECT_LT(sound_bytes(settings("opus", 16'000)), sound_bytes(settings("pcmu", 8000)));
}

TEST(AudioOutlet, StartsEveryAnswerAnew) {
  AudioOutlet outlet(settings("opus", 16'000));
  int messages = 0;
  const AudioOutlet::Send send = [&](const std::string&) { ++messages; };
  EXPECT_TRUE(outlet.put(tone(16'000, 30), send));
  EXPECT_EQ(messages, 1);
  outlet.begin();
  EXPECT_TRUE(outlet.finish(send));
  EXPECT_EQ(messages, 1) << "what was cancelled is not heard";
}

}  // namespace
}  // namespace parley::realtime
