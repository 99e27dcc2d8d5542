// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/flite.hpp"

#include "audio/level.hpp"
#include "audio/leveler.hpp"
#include "audio/loudness.hpp"
#include "runtime/io_threads.hpp"
#include "speech/module.hpp"
#include "speech/testing/spoken.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using runtime::ErrorCode;
using testing::expect_times;
using testing::Spoken;
using testing::texts;

constexpr const char* kVoices[] = {"slt", "rms", "awb"};
constexpr const char* kLong =
    "Yes, every employee gets twenty five days of paid leave a year, which can be carried over until the end "
    "of March, "
    "unless the team lead agrees to something else in writing before the holidays start, and then it is six "
    "months.";

class FliteTest : public ::testing::Test {
 protected:
  std::shared_ptr<Synthesizer> make(TtsConfig config = {}) {
    return *make_synthesizer(config, pool_, runtime::Log::none());
  }

  Spoken finish(runtime::Stream<AudioChunk> stream) { return testing::finish(io_, std::move(stream)); }

  Spoken say(Synthesizer& synthesizer, std::string text, SynthesizeOptions options = {}) {
    return finish(synthesizer.synthesize({}, std::move(text), std::move(options)));
  }

  // A pool thread that has just woken a reader may still be on its way out: the pool goes first.
  runtime::IoThreads io_{1};
  runtime::ComputePool pool_{{.name = "tts", .threads = 2}};
};

double leading_ms(const std::vector<std::int16_t>& samples) {
  const auto heard =
      std::find_if(samples.begin(), samples.end(), [](int sample) { return std::abs(sample) > 200; });
  return static_cast<double>(heard - samples.begin()) / 16;
}

double trailing_ms(std::vector<std::int16_t> samples) {
  std::reverse(samples.begin(), samples.end());
  return leading_ms(samples);
}

TEST_F(FliteTest, SpeaksInEveryVoice) {
  const auto synthesizer = make();
  ASSERT_GE(synthesizer->voices().size(), std::size(kVoices));
  for (const auto* voice : kVoices) {
    const Spoken spoken = say(*synthesizer, "The warranty lasts for two years.", {.voice = voice});
    ASSERT_FALSE(spoken.error) << voice;
    EXPECT_GT(spoken.samples.size(), 16000u) << voice;
    EXPECT_LT(spoken.samples.size(), 48000u) << voice;
    EXPECT_EQ(spoken.format, audio::kSpeechFormat);
    EXPECT_EQ(texts(spoken.words),
              (std::vector<std::string>{"The", "warranty", "lasts", "for", "two", "years."}));
    expect_times(spoken);
  }
}

TEST_F(FliteTest, BeginsWithSoundAndEndsWithAShortPause) {
  const auto synthesizer = make();
  for (const auto* voice : kVoices) {
    for (const auto* text : {"Hello there.", "Call us at nine.", "She has a red hat.", "Fine.", "Thank you",
                             "Eight", "How are you today?", "Please bring the receipt.", kLong}) {
      const Spoken spoken = say(*synthesizer, text, {.voice = voice});
      // Flite excites its filters with noise that is never the same: a soft first sound comes a little later.
      EXPECT_LE(leading_ms(spoken.samples), 50) << voice << ": " << text;
      EXPECT_LE(static_cast<double>(spoken.first_chunk) / 16, 60) << voice << ": " << text;
      EXPECT_GE(trailing_ms(spoken.samples), 150) << voice << ": " << text;
      EXPECT_LE(trailing_ms(spoken.samples), 320) << voice << ": " << text;
      EXPECT_LE(spoken.words.front().start.count(), 10) << voice << ": " << text;
      expect_times(spoken);
    }
  }
}

TEST_F(FliteTest, JoinsTheClausesOfALongSentence) {
  const auto synthesizer = make();
  const Spoken spoken = say(*synthesizer, kLong);
  ASSERT_FALSE(spoken.error);
  EXPECT_EQ(spoken.words.size(), 42u);
  EXPECT_EQ(spoken.words.back().text, "months.");
  expect_times(spoken);
  // No silence inside is longer than a pause between clauses, and no join clicks: speech itself moves faster.
  std::size_t quiet = 0;
  std::size_t longest = 0;
  int jump = 0;
  const std::size_t end = spoken.samples.size() - static_cast<std::size_t>(trailing_ms(spoken.samples) * 16);
  for (std::size_t i = 1; i < end; ++i) {
    quiet = std::abs(spoken.samples[i]) > 200 ? 0 : quiet + 1;
    longest = std::max(longest, quiet);
    if (spoken.samples[i] == 0 || spoken.samples[i - 1] == 0) {
      jump = std::max(jump, std::abs(spoken.samples[i] - spoken.samples[i - 1]));
    }
  }
  EXPECT_LE(longest, 16u * 300);
  EXPECT_LT(jump, 8000);
}

TEST_F(FliteTest, GivesWordsAsTheyWereWritten) {
  const auto synthesizer = make();
  const Spoken spoken = say(*synthesizer, "It **costs** $12.50, or €45 & that's 25 km/h 🎉.");
  EXPECT_EQ(texts(spoken.words),
            (std::vector<std::string>{"It", "costs", "$12.50,", "or", "€45", "&", "that's", "25 km/h"}));
  expect_times(spoken);
  EXPECT_EQ(texts(say(*synthesizer, "I leave a car at a bar, as I am.").words),
            (std::vector<std::string>{"I", "leave", "a", "car", "at", "a", "bar,", "as", "I", "am."}));
}

TEST_F(FliteTest, SpeaksFasterAndSlower) {
  const auto synthesizer = make();
  const auto length = [&](double speed) {
    return static_cast<double>(say(*synthesizer, kLong, {.speed = speed}).samples.size());
  };
  const double normal = length(1.0);
  EXPECT_NEAR(length(2.0) / normal, 0.55, 0.06);
  EXPECT_NEAR(length(0.5) / normal, 1.95, 0.1);
}

TEST_F(FliteTest, BringsEveryVoiceToOneLoudness) {
  for (const double target : {-16.0, -24.0}) {
    const auto synthesizer = make({.loudness_lufs = target});
    for (const auto* voice : kVoices) {
      const Spoken spoken = say(*synthesizer, kLong, {.voice = voice});
      EXPECT_NEAR(audio::integrated_lufs({spoken.format, spoken.samples}), target, 1.0) << voice;
      EXPECT_LE(audio::peak_dbfs(spoken.samples), audio::kPeakCeilingDbfs + 0.01) << voice;
    }
  }
}

TEST_F(FliteTest, SpeaksAtTheVolumeAsked) {
  const auto synthesizer = make();
  const auto loudness = [&](double volume) {
    const Spoken spoken = say(*synthesizer, kLong, {.volume = volume});
    return audio::integrated_lufs({spoken.format, spoken.samples});
  };
  EXPECT_NEAR(loudness(0.5) - loudness(1.0), -6, 0.5);
  EXPECT_EQ(loudness(0.0), audio::kSilenceLufs);
}

TEST_F(FliteTest, KnowsTheSoundsItMakes) {
  const Spoken spoken = say(*make(), "She thinks.");
  std::string sounds;
  for (const auto& phoneme : spoken.phonemes) sounds += phoneme.symbol + " ";
  EXPECT_EQ(sounds, "ʃ i θ ɪ ŋ k s ");
  expect_times(spoken);
}

TEST_F(FliteTest, RefusesWhatItCannotSpeak) {
  const auto synthesizer = make();
  const auto unknown = say(*synthesizer, "Hello", {.voice = "nobody"});
  ASSERT_TRUE(unknown.error);
  EXPECT_EQ(unknown.error->code, ErrorCode::kNotFound);
  EXPECT_EQ(unknown.error->param, "voice");
  const auto too_long = say(*synthesizer, std::string(20'000, 'a'));
  ASSERT_TRUE(too_long.error);
  EXPECT_EQ(too_long.error->code, ErrorCode::kBadRequest);
  const auto bytes = say(*synthesizer, "caf\xE9");
  ASSERT_TRUE(bytes.error);
  EXPECT_EQ(bytes.error->code, ErrorCode::kBadRequest);
  for (const double speed : {0.1, 3.0, std::nan("")}) {
    const auto fast = say(*synthesizer, "Hello", {.speed = speed});
    ASSERT_TRUE(fast.error);
    EXPECT_EQ(fast.error->param, "speed");
  }
}

TEST_F(FliteTest, SaysNothingWhereThereIsNothingToSay) {
  const auto synthesizer = make();
  for (const auto* text : {"", "   ", "...", "?!", "🎉🎉", "---", "\x01\x02\x03"}) {
    const Spoken spoken = say(*synthesizer, text);
    EXPECT_FALSE(spoken.error) << text;
    EXPECT_TRUE(spoken.samples.empty()) << text;
  }
}

TEST_F(FliteTest, SpeaksHostileTextWithoutHarm) {
  const auto synthesizer = make();
  std::string letters;
  std::string signs;
  for (int i = 0; i < 200; ++i) {
    letters += static_cast<char>('a' + i * 7 % 26);
    signs += static_cast<char>(' ' + i * 31 % 95);
  }
  for (const auto& text : {letters, signs, std::string(100, '7'), std::string("Ctrl \x07\x1B[31m chars")}) {
    const Spoken spoken = say(*synthesizer, text, {.speed = 2.0});
    ASSERT_FALSE(spoken.error) << text.substr(0, 20) << ": " << to_string(*spoken.error);
    EXPECT_FALSE(spoken.samples.empty()) << text.substr(0, 20);
    expect_times(spoken);
  }
}

runtime::Task<> read_one(runtime::Stream<AudioChunk>& stream, bool& given) {
  const auto chunk = co_await stream.next();
  given = chunk && chunk->has_value();
}

TEST_F(FliteTest, BeginsToSpeakEvenWhatTakesMinutes) {
  const auto synthesizer = make();
  for (const auto& text : {std::string(2000, 'x'), std::string(2000, '7')}) {
    auto stream = synthesizer->synthesize({}, text, {});
    bool given = false;
    io_.run(read_one(stream, given));
    EXPECT_TRUE(given);
  }
}

TEST_F(FliteTest, GivesTheSameLengthsWhenManySpeakAtOnce) {
  const auto synthesizer = make();
  for (const auto* voice : kVoices) {
    const Spoken alone = say(*synthesizer, kLong, {.voice = voice});
    std::vector<runtime::Stream<AudioChunk>> streams;
    for (int i = 0; i < 3; ++i) streams.push_back(synthesizer->synthesize({}, kLong, {.voice = voice}));
    for (auto& stream : streams) {
      const Spoken spoken = finish(std::move(stream));
      ASSERT_EQ(texts(spoken.words), texts(alone.words)) << voice;
      // The noise in the excitation is random, and with it, by a few ms, where each clause is first heard.
      for (std::size_t word = 0; word < alone.words.size(); ++word) {
        const auto shift = std::chrono::abs(spoken.words[word].start - alone.words[word].start);
        EXPECT_LE(shift.count(), 40) << voice << ": " << alone.words[word].text;
      }
      const auto length = static_cast<double>(alone.samples.size());
      EXPECT_NEAR(static_cast<double>(spoken.samples.size()), length, 16 * 40) << voice;
    }
  }
}

TEST_F(FliteTest, StopsWhenTheStreamIsDestroyed) {
  const auto synthesizer = make();
  for (int i = 0; i < 20; ++i) synthesizer->synthesize({}, kLong, {}).cancel();
  // What was cut off leaves the pool to the others.
  const Spoken spoken = say(*synthesizer, "Hello.");
  EXPECT_FALSE(spoken.error);
  EXPECT_FALSE(spoken.samples.empty());
}

TEST_F(FliteTest, StopsWithTheContext) {
  const auto synthesizer = make();
  std::stop_source stop;
  auto stream = synthesizer->synthesize(runtime::Context().stopped_by(stop.get_token()), kLong, {});
  stop.request_stop();
  const Spoken stopped = finish(std::move(stream));
  if (stopped.error) {
    EXPECT_EQ(stopped.error->code, ErrorCode::kCancelled);
  }

  stop = {};
  stop.request_stop();
  const Spoken never =
      finish(synthesizer->synthesize(runtime::Context().stopped_by(stop.get_token()), "Hello.", {}));
  ASSERT_TRUE(never.error);
  EXPECT_EQ(never.error->code, ErrorCode::kCancelled);
  EXPECT_TRUE(never.samples.empty());

  const Spoken late =
      finish(synthesizer->synthesize(runtime::Context().until(runtime::TimePoint::min()), "Hello.", {}));
  ASSERT_TRUE(late.error);
  EXPECT_EQ(late.error->code, ErrorCode::kTimeout);
}

TEST_F(FliteTest, NeedsAnEngineAndAVoiceThatExist) {
  const auto code = [&](TtsConfig config) {
    return make_synthesizer(config, pool_, runtime::Log::none()).error().code;
  };
  EXPECT_EQ(code({.engine = "parrot"}), ErrorCode::kBadRequest);
  EXPECT_EQ(code({.voice = "parrot"}), ErrorCode::kNotFound);
  EXPECT_EQ(code({.speed = 9}), ErrorCode::kBadRequest);
  EXPECT_EQ(code({.loudness_lufs = 3}), ErrorCode::kBadRequest);
}

// The pitch of most of the voiced blocks, in Hz: the lag at which a block is most like itself.
double pitch_of(const std::vector<std::int16_t>& samples) {
  constexpr std::size_t kBlock = 512;
  std::vector<double> found;
  for (std::size_t at = 0; at + kBlock + 200 < samples.size(); at += kBlock) {
    const auto similar = [&](std::size_t lag) {
      double product = 0;
      double first = 1;
      double second = 1;
      for (std::size_t i = at; i < at + kBlock; ++i) {
        const double a = samples[i];
        const double b = samples[i + lag];
        product += a * b;
        first += a * a;
        second += b * b;
      }
      return product / std::sqrt(first * second);
    };
    std::size_t best = 40;
    for (std::size_t lag = 40; lag < 200; ++lag) {
      if (similar(lag) > similar(best) + 0.03) best = lag;
    }
    if (similar(best) > 0.85) found.push_back(16000.0 / static_cast<double>(best));
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? 0 : found[found.size() / 2];
}

TEST_F(FliteTest, SpeaksHigherAndLowerAtTheSameSpeed) {
  const auto synthesizer = make();
  const char* text = "Where were you when we were young and mellow?";
  for (const auto* voice : {"slt", "awb"}) {
    const Spoken usual = say(*synthesizer, text, {.voice = voice});
    const Spoken high = say(*synthesizer, text, {.voice = voice, .pitch = 1.4});
    const Spoken low = say(*synthesizer, text, {.voice = voice, .pitch = 0.8});
    EXPECT_NEAR(pitch_of(high.samples) / pitch_of(usual.samples), 1.4, 0.15) << voice;
    EXPECT_NEAR(pitch_of(low.samples) / pitch_of(usual.samples), 0.8, 0.1) << voice;
    EXPECT_NEAR(static_cast<double>(high.samples.size()), static_cast<double>(usual.samples.size()), 800);
  }
}

}  // namespace
}  // namespace parley::speech
