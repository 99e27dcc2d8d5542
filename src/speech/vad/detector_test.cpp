// SPDX-License-Identifier: Apache-2.0
#include "audio/speech_reader.hpp"
#include "runtime/testing/shared_data.hpp"
#include "speech/testing/voices.hpp"
#include "speech/vad/models/silero.hpp"
#include "speech/voice_activity.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using namespace testing;

struct Segment {
  double start = 0;
  double end = -1;  // still going on at the end of the samples
};

std::vector<Segment> segments(const Samples& samples, const VadConfig& config = {},
                              std::shared_ptr<const Silero> network = nullptr, int hop = 1) {
  VoiceActivityDetector detector(config, std::move(network));
  detector.set_hop(hop);
  std::vector<Segment> found;
  for (std::size_t i = 0; i + kVadFrameSamples <= samples.size(); i += kVadFrameSamples) {
    const auto event = detector.process(
        std::span<const std::int16_t, kVadFrameSamples>(samples.data() + i, kVadFrameSamples));
    if (!event) continue;
    const double at = static_cast<double>(event->at) / 16000;
    if (event->kind == VoiceEvent::Kind::kStarted) {
      found.push_back({at});
    } else {
      found.back().end = at;
    }
  }
  EXPECT_EQ(detector.position(), static_cast<std::int64_t>(samples.size() / 160 * 160));
  return found;
}

Samples load(const std::filesystem::path& path) {
  auto reader = audio::SpeechReader::open(path);
  EXPECT_TRUE(reader) << path;
  if (!reader) return {};
  auto pcm = audio::read_speech(std::move(*reader), std::chrono::minutes(1));
  EXPECT_TRUE(pcm) << path;
  return pcm ? std::move(pcm->samples) : Samples{};
}

TEST(VoiceActivity, HearsNothingInSilence) { EXPECT_TRUE(segments(silence(5)).empty()); }

TEST(VoiceActivity, HearsNothingInSteadyNoise) {
  EXPECT_TRUE(segments(white_noise(60, -46)).empty());
  EXPECT_TRUE(segments(white_noise(20, -30)).empty());
}

TEST(VoiceActivity, FindsStartAndEndOfAVoice) {
  const auto found = segments(joined({silence(1), voice(1.5, -26), silence(1)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].start, 1.0, 0.05);
  EXPECT_NEAR(found[0].end, 2.5, 0.10);
}

TEST(VoiceActivity, TellsOfSilenceBeforeTheSpeechHasStopped) {
  VoiceActivityDetector detector({});
  const auto sound = joined({silence(1), voice(1, -26), silence(0.06)});
  for (std::size_t i = 0; i + kVadFrameSamples <= sound.size(); i += kVadFrameSamples) {
    detector.process(std::span<const std::int16_t, kVadFrameSamples>(sound.data() + i, kVadFrameSamples));
    if (i == 24'000) EXPECT_EQ(detector.silence(), 0);
  }
  EXPECT_TRUE(detector.speaking());
  EXPECT_NEAR(static_cast<double>(detector.silence()) / 16, 60, 40);
}

TEST(VoiceActivity, HearsTheSameWithHalfOfTheDecisions) {
  const auto sound = joined({silence(1), voice(1.5, -26), silence(1)});
  const auto often = segments(sound);
  const auto rarely = segments(sound, {}, nullptr, 2);
  ASSERT_EQ(rarely.size(), 1U);
  EXPECT_NEAR(rarely[0].start, often[0].start, 0.03);
  EXPECT_NEAR(rarely[0].end, often[0].end, 0.03);
  EXPECT_TRUE(segments(white_noise(60, -46), {}, nullptr, 2).empty());
}

TEST(VoiceActivity, FindsAVoiceInNoise) {
  const auto sound = mixed(joined({silence(2), voice(1.5, -26), silence(2)}), white_noise(3, -36));
  const auto found = segments(sound);
  ASSERT_FALSE(found.empty());
  EXPECT_NEAR(found.front().start, 2.0, 0.25);  // the noise may rise a little before
  EXPECT_NEAR(found.back().end, 3.5, 0.15);
}

TEST(VoiceActivity, IsReadyWhenTheAudioBeginsInTheMiddleOfAWord) {
  const auto found = segments(joined({voice(1, -26), silence(1)}));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LT(found[0].start, 0.03);
}

TEST(VoiceActivity, IgnoresAClick) {
  auto sound = silence(2);
  for (std::size_t i = 16000; i < 16080; ++i) sound[i] = i % 2 == 0 ? 20000 : -20000;
  EXPECT_TRUE(segments(sound).empty());
}

TEST(VoiceActivity, ReportsAPauseOnlyAfterTheHangover) {
  const auto sound = joined({silence(0.5), voice(1, -26), silence(0.2), voice(1, -26), silence(1)});
  EXPECT_EQ(segments(sound).size(), 2U);
  VadConfig patient;
  patient.hangover = std::chrono::milliseconds(400);
  EXPECT_EQ(segments(sound, patient).size(), 1U);
}

TEST(VoiceActivity, FollowsTheNoiseFloor) {
  VoiceActivityDetector detector{VadConfig{}};
  const auto noise = white_noise(5, -40);
  for (std::size_t i = 0; i + kVadFrameSamples <= noise.size(); i += kVadFrameSamples) {
    detector.process(std::span<const std::int16_t, kVadFrameSamples>(noise.data() + i, kVadFrameSamples));
  }
  EXPECT_NEAR(detector.noise_dbfs(), -40, 2.5);
}

// The frames (of 10 ms) of which the detector says that something stirs, and those it takes for a voice.
struct Stirs {
  std::vector<std::size_t> frames;
  std::vector<std::size_t> voiced;
};

Stirs stirs(const Samples& samples) {
  VoiceActivityDetector detector{VadConfig{}};
  Stirs found;
  for (std::size_t i = 0; (i + 1) * kVadFrameSamples <= samples.size(); ++i) {
    detector.process(std::span<const std::int16_t, kVadFrameSamples>(samples.data() + i * kVadFrameSamples,
                                                                     kVadFrameSamples));
    if (detector.stirring() != Stir::kNothing) found.frames.push_back(i);
    if (detector.stirring() == Stir::kVoice) found.voiced.push_back(i);
  }
  return found;
}

TEST(VoiceActivity, NoticesAVoiceBeforeItIsSpeech) {
  const auto sound = joined({silence(1), voice(1, -26), silence(1)});
  const auto found = stirs(sound);
  const auto spoken = segments(sound);
  ASSERT_EQ(spoken.size(), 1U);
  ASSERT_FALSE(found.voiced.empty());
  EXPECT_EQ(found.frames.front(), 101U) << "with the second frame of sound";
  EXPECT_LE(found.voiced.front(), 104U);
  EXPECT_LT(found.frames.back(), 210U);
}

TEST(VoiceActivity, NoticesANoiseThatIsNoVoice) {
  const auto found = stirs(joined({silence(1), white_noise(0.2, -30), silence(1)}));
  EXPECT_GE(found.frames.size(), 15U);
  EXPECT_TRUE(found.voiced.empty());
}

TEST(VoiceActivity, NoticesNothingInSteadyNoise) {
  const auto found = stirs(joined({white_noise(2, -40), white_noise(10, -40, 2)}));
  EXPECT_TRUE(found.frames.empty() || found.frames.back() < 100) << "after the first second";
}

TEST(VadConfig, RefusesWhatCannotBe) {
  EXPECT_TRUE(VadConfig{}.validate());
  VadConfig config;
  config.mode = 4;
  ASSERT_FALSE(config.validate());
  EXPECT_EQ(config.validate().error().param, "vad.mode");
  config = {};
  config.engine = "other";
  EXPECT_EQ(config.validate().error().param, "vad.engine");
  config = {};
  config.probability = 0;
  EXPECT_EQ(config.validate().error().param, "vad.probability");
  config = {};
  config.onset = std::chrono::milliseconds(0);
  EXPECT_EQ(config.validate().error().param, "vad.onset");
}

// The bar: no trigger in 60 s of room noise 20 dB under speech (at -26 dBFS).
TEST(VoiceActivity, IsNotFooledByARoom) {
  const auto folder = parley::testing::shared_data("speech-recognition/augment");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  for (const auto* name : {"noise2.wav", "noise3.wav", "noise4.wav"}) {
    const auto noise = load(*folder / name);
    ASSERT_FALSE(noise.empty());
    const auto minute = mixed(silence(60), amplified(noise, -46 - rms_dbfs(noise)));
    EXPECT_TRUE(segments(minute).empty()) << name;
  }
}

// The bar: no miss at 10 dB of signal to noise.
TEST(VoiceActivity, HearsEverySpeakerInARoom) {
  const auto folder = parley::testing::shared_data("speech-recognition");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  std::vector<Samples> noises;
  for (const auto* name : {"augment/noise2.wav", "augment/noise3.wav", "augment/noise4.wav"}) {
    noises.push_back(load(*folder / name));
  }
  std::size_t recordings = 0;
  for (const auto* part : {"librispeech-test-other", "ljspeech", "speechbrain"}) {
    std::size_t taken = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(*folder / part)) {
      const auto kind = entry.path().extension();
      if ((kind != ".flac" && kind != ".wav") || ++taken > 12) continue;
      auto speech = load(entry.path());
      ASSERT_FALSE(speech.empty());
      speech = joined({silence(1), amplified(speech, -26 - speech_dbfs(speech)), silence(0.5)});
      const auto& noise = noises[recordings++ % noises.size()];
      const auto found = segments(mixed(speech, amplified(noise, -36 - rms_dbfs(noise))));
      bool hit = false;
      for (const auto& segment : found) hit = hit || segment.end < 0 || segment.end > 1;
      EXPECT_TRUE(hit) << entry.path();
    }
  }
  EXPECT_GT(recordings, 10U);
}

std::shared_ptr<const Silero> published_network() {
  const auto file = parley::testing::shared_data("models/silero-vad/silero_vad.onnx");
  if (!file) return nullptr;
  const auto network = Silero::load(*file);
  EXPECT_TRUE(network);
  return network ? *network : nullptr;
}

Samples recording(const char* name) {
  const auto file = parley::testing::shared_data(name);
  return file ? load(*file) : Samples{};
}

// What holds for the embedded detector holds with a network: times of the events are those of the sound.
TEST(VoiceActivityBySilero, FindsStartAndEndOfASentence) {
  const auto network = published_network();
  const auto sentence = recording("speech-recognition/whisper-cpp/jfk.wav");
  if (!network || sentence.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  VadConfig patient;
  patient.hangover = std::chrono::milliseconds(1500);
  const auto sound = joined({silence(1), sentence, silence(3)});
  const auto alone = segments(sound, patient);
  const auto found = segments(sound, patient, network);
  ASSERT_EQ(alone.size(), 1U);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].start, alone[0].start, 0.1);
  EXPECT_NEAR(found[0].end, alone[0].end, 0.1);
}

TEST(VoiceActivityBySilero, HearsTheSameWithHalfOfTheDecisions) {
  const auto network = published_network();
  const auto sentence = recording("speech-recognition/whisper-cpp/jfk.wav");
  if (!network || sentence.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  VadConfig patient;
  patient.hangover = std::chrono::milliseconds(1500);
  const auto sound = joined({silence(1), sentence, silence(3)});
  const auto often = segments(sound, patient, network);
  const auto rarely = segments(sound, patient, network, 2);
  ASSERT_EQ(rarely.size(), 1U);
  EXPECT_NEAR(rarely[0].start, often[0].start, 0.1);
  EXPECT_NEAR(rarely[0].end, often[0].end, 0.1);
}

TEST(VoiceActivityBySilero, ReportsTheEndOneHangoverAfterIt) {
  const auto network = published_network();
  const auto sentence = recording("speech-recognition/whisper-cpp/jfk.wav");
  if (!network || sentence.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto sound = joined({silence(1), sentence, silence(1)});
  VoiceActivityDetector detector(VadConfig{}, network);
  std::size_t stops = 0;
  for (std::size_t i = 0; i + kVadFrameSamples <= sound.size(); i += kVadFrameSamples) {
    const auto event =
        detector.process(std::span<const std::int16_t, kVadFrameSamples>(sound.data() + i, kVadFrameSamples));
    if (!event || event->kind != VoiceEvent::Kind::kStopped) continue;
    ++stops;
    EXPECT_EQ(detector.position() - event->at, 1600);
  }
  EXPECT_GT(stops, 1U);
  EXPECT_FALSE(detector.speaking());
}

TEST(VoiceActivityBySilero, HearsNothingInNoise) {
  const auto network = published_network();
  if (!network) GTEST_SKIP() << "no shared test data beside the checkout";
  EXPECT_TRUE(segments(silence(5), {}, network).empty());
  EXPECT_TRUE(segments(white_noise(20, -30), {}, network).empty());
  for (const auto* name : {"noise2.wav", "noise3.wav", "noise4.wav"}) {
    const auto noise = recording((std::string("speech-recognition/augment/") + name).c_str());
    ASSERT_FALSE(noise.empty());
    const auto minute = mixed(silence(60), amplified(noise, -46 - rms_dbfs(noise)));
    EXPECT_TRUE(segments(minute, {}, network).empty()) << name;
  }
}

}  // namespace
}  // namespace parley::speech
