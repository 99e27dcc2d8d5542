// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/models/espeak.hpp"

#include "audio/level.hpp"
#include "audio/leveler.hpp"
#include "audio/loudness.hpp"
#include "speech/module.hpp"
#include "speech/testing/spoken.hpp"

#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using runtime::ErrorCode;
using testing::expect_times;
using testing::Spoken;
using testing::texts;

class EspeakTest : public ::testing::Test {
 protected:
  Spoken finish(runtime::Stream<AudioChunk> stream) { return testing::finish(io_, std::move(stream)); }
  Spoken say(std::string text, SynthesizeOptions options) {
    return finish(synthesizer_->synthesize({}, std::move(text), std::move(options)));
  }
  ErrorCode refusal(const std::string& voice) {
    const Spoken spoken = say("Hello", {.voice = voice});
    EXPECT_TRUE(spoken.error) << voice;
    if (!spoken.error) return ErrorCode::kInternalError;
    EXPECT_EQ(spoken.error->param, "voice") << voice;
    return spoken.error->code;
  }

  runtime::IoThreads io_{1};
  runtime::ComputePool pool_{{.name = "tts", .threads = 2}};
  std::shared_ptr<Synthesizer> synthesizer_ = *make_synthesizer({}, pool_, runtime::Log::none());
};

TEST_F(EspeakTest, SpeaksManyLanguagesWithTheTimesOfWordsAndSounds) {
  const std::vector<std::pair<std::string, std::string>> sentences{
      {"de", "Grüß Gott, das Fahrrad kostet 12,50 Euro."},
      {"fr", "Bonjour, le vélo coûte douze euros."},
      {"es", "¿Cuánto cuesta la bicicleta?"},
      {"ru", "Здравствуйте, сегодня хорошая погода."},
      {"hi", "नमस्ते, आज मौसम अच्छा है।"},
      {"ar", "مرحبا، الطقس جميل اليوم."},
      {"ko", "안녕하세요, 오늘 날씨가 좋습니다."},
      {"sw", "Habari, baiskeli ni nzuri."},
      {"en-us", "Hello there, how are you?"},
  };
  for (const auto& [language, text] : sentences) {
    const Spoken spoken = say(text, {.voice = "espeak:" + language});
    ASSERT_FALSE(spoken.error) << language << to_string(*spoken.error);
    EXPECT_EQ(spoken.format.rate, 22050);
    EXPECT_GT(spoken.samples.size(), 22050u) << language;
    EXPECT_GT(spoken.phonemes.size(), 10u) << language;
    expect_times(spoken);
    std::string joined;
    for (const auto& word : spoken.words) joined += (joined.empty() ? "" : " ") + word.text;
    EXPECT_EQ(joined, text) << language;
  }
}

TEST_F(EspeakTest, FindsWordsWhereNoSpacesDivideThem) {
  const std::string text = "你好世界，今天天气很好。";
  const Spoken spoken = say(text, {.voice = "espeak:cmn"});
  ASSERT_FALSE(spoken.error);
  EXPECT_GE(spoken.words.size(), 5u);
  EXPECT_EQ(spoken.words.front().text.substr(0, 3), "你");
  expect_times(spoken);
}

TEST_F(EspeakTest, ReadsEnglishAsItIsMeantAndGivesWordsAsTheyWereWritten) {
  const Spoken spoken = say("It **costs** $12.50 & that's 25 km/h.", {.voice = "espeak:en-gb"});
  EXPECT_EQ(texts(spoken.words),
            (std::vector<std::string>{"It", "costs", "$12.50", "&", "that's", "25 km/h."}));
  expect_times(spoken);
}

TEST_F(EspeakTest, OffersMoreThanAHundredLanguages) {
  std::set<std::string> ids;
  for (const auto& voice : synthesizer_->voices()) {
    EXPECT_TRUE(ids.insert(voice.id).second) << voice.id;
    EXPECT_FALSE(voice.language.empty());
  }
  EXPECT_GT(ids.size(), 110u);
  for (const auto* id : {"slt", "espeak:de", "espeak:en-us", "espeak:pt-br", "espeak:vi"}) {
    EXPECT_TRUE(ids.contains(id)) << id;
  }
}

TEST_F(EspeakTest, TakesTheNearestVoiceOfALanguage) {
  for (const auto* voice : {"espeak:", "espeak:de-AT", "espeak:fr", "espeak:pt-BR", "espeak:en-US",
                            "espeak:zh-CN", "espeak:no"}) {
    const Spoken spoken = say("Tango", {.voice = voice});
    EXPECT_FALSE(spoken.error) << voice;
    EXPECT_FALSE(spoken.samples.empty()) << voice;
  }
  EXPECT_EQ(synthesizer_->engine_of("espeak:de")->name.substr(0, 9), "espeak-ng");
  EXPECT_EQ(synthesizer_->engine_of("slt")->name.substr(0, 5), "flite");
}

TEST_F(EspeakTest, CanBeTheDefault) {
  const auto synthesizer =
      *make_synthesizer({.engine = "espeak", .voice = "de"}, pool_, runtime::Log::none());
  EXPECT_EQ(synthesizer->default_voice(), "espeak:de");
  EXPECT_EQ(synthesizer_->default_voice(), "slt");
  EXPECT_FALSE(finish(synthesizer->synthesize({}, "Guten Tag.", {})).samples.empty());
  EXPECT_FALSE(finish(synthesizer->synthesize({}, "Good day.", {.voice = "flite:slt"})).samples.empty());
}

TEST_F(EspeakTest, SaysWhichLanguageItLacks) {
  EXPECT_EQ(refusal("espeak:xx"), ErrorCode::kLanguageUnavailable);
  EXPECT_EQ(synthesizer_->engine_of("espeak:xx").error().code, ErrorCode::kLanguageUnavailable);
  EXPECT_EQ(refusal("espeak:../../etc/passwd"), ErrorCode::kLanguageUnavailable);
  EXPECT_EQ(refusal("espeak:de+f9"), ErrorCode::kNotFound);
  EXPECT_EQ(refusal("espeak:de+../f1"), ErrorCode::kNotFound);
  EXPECT_EQ(refusal("parrot:de"), ErrorCode::kNotFound);
}

TEST_F(EspeakTest, HasOtherSpeakersOfALanguage) {
  const auto length = [&](const char* voice) {
    const Spoken spoken = say("Guten Tag, wie geht es Ihnen heute?", {.voice = voice});
    EXPECT_FALSE(spoken.error) << voice;
    return spoken.samples;
  };
  EXPECT_NE(length("espeak:de"), length("espeak:de+f2"));
  EXPECT_NE(length("espeak:de+m3"), length("espeak:de+f2"));
}

TEST_F(EspeakTest, BringsEveryVoiceToOneLoudness) {
  const std::string text = "Guten Tag, das Fahrrad kostet heute zwölf Euro und fünfzig Cent.";
  for (const auto* voice : {"espeak:de", "espeak:de+f2", "espeak:vi", "espeak:sw", "espeak:ru"}) {
    const Spoken spoken = say(text, {.voice = voice});
    EXPECT_NEAR(audio::integrated_lufs({spoken.format, spoken.samples}), -16, 1.5) << voice;
    EXPECT_LE(audio::peak_dbfs(spoken.samples), audio::kPeakCeilingDbfs + 0.01) << voice;
  }
}

TEST_F(EspeakTest, SpeaksFasterAndSlower) {
  const auto length = [&](double speed) {
    const Spoken spoken =
        say("Guten Tag, das Fahrrad kostet heute zwölf Euro.", {.voice = "espeak:de", .speed = speed});
    return static_cast<double>(spoken.samples.size());
  };
  const double normal = length(1.0);
  EXPECT_NEAR(length(2.0) / normal, 0.5, 0.1);
  EXPECT_NEAR(length(0.5) / normal, 2.0, 0.3);
}

TEST_F(EspeakTest, SaysNothingWhereThereIsNothingToSay) {
  for (const auto* text : {"", "   ", "...", "---", "\x01\x02\x03"}) {
    for (const auto* voice : {"espeak:de", "espeak:en"}) {
      const Spoken spoken = say(text, {.voice = voice});
      EXPECT_FALSE(spoken.error) << text;
      EXPECT_TRUE(spoken.samples.empty()) << text;
    }
  }
}

TEST_F(EspeakTest, SpeaksHostileTextWithoutHarm) {
  std::string marks;
  for (int i = 0; i < 400; ++i) marks += static_cast<char>(' ' + i * 31 % 95);
  for (const auto& text :
       {marks, std::string(2000, 'x'), std::string(300, '7'), std::string("[[b'a]] <break/> &lt;"),
        std::string("\xF0\x9F\x8E\x89 \xEF\xBF\xBF \xE2\x80\xAE abc")}) {
    for (const auto* voice : {"espeak:de", "espeak:ja"}) {
      const Spoken spoken = say(text, {.voice = voice, .speed = 2.0});
      EXPECT_FALSE(spoken.error) << text.substr(0, 20);
      expect_times(spoken);
    }
  }
}

TEST_F(EspeakTest, KeepsVoicesApartWhenManySpeakAtOnce) {
  const std::vector<std::pair<std::string, std::string>> sentences{{"espeak:de", "Das ist ein Satz."},
                                                                   {"espeak:fr", "Voici une phrase."},
                                                                   {"espeak:ru", "Это предложение."},
                                                                   {"espeak:en", "This is a sentence."}};
  std::vector<std::size_t> alone;
  for (const auto& [voice, text] : sentences) alone.push_back(say(text, {.voice = voice}).phonemes.size());
  std::vector<runtime::Stream<AudioChunk>> streams;
  for (int round = 0; round < 8; ++round) {
    for (const auto& [voice, text] : sentences)
      streams.push_back(synthesizer_->synthesize({}, text, {.voice = voice}));
  }
  for (std::size_t i = 0; i < streams.size(); ++i) {
    const Spoken spoken = finish(std::move(streams[i]));
    EXPECT_FALSE(spoken.error);
    EXPECT_EQ(spoken.phonemes.size(), alone[i % sentences.size()]);
    expect_times(spoken);
  }
}

TEST_F(EspeakTest, SharesTheLibraryBetweenSynthesizers) {
  std::vector<std::jthread> threads;
  for (const auto* voice : {"espeak:de", "espeak:it", "espeak:pl"}) {
    threads.emplace_back([voice] {
      runtime::IoThreads io(1);
      runtime::ComputePool pool({.name = "tts", .threads = 1});
      const auto synthesizer = *make_synthesizer({}, pool, runtime::Log::none());
      for (int i = 0; i < 5; ++i) {
        const Spoken spoken =
            testing::finish(io, synthesizer->synthesize({}, "Tango, salsa, mambo.", {.voice = voice}));
        EXPECT_EQ(spoken.words.size(), 3u);
      }
    });
  }
}

TEST_F(EspeakTest, RefusesMoreThanCanWait) {
  // Nothing runs on a pool whose one thread is held.
  runtime::ComputePool pool({.name = "held", .threads = 1, .capacity = 1024});
  std::binary_semaphore release(0);
  ASSERT_TRUE(pool.post([&] { release.acquire(); }));
  const auto synthesizer = *make_synthesizer({}, pool, runtime::Log::none());
  std::vector<runtime::Stream<AudioChunk>> streams;
  for (std::size_t i = 0; i <= kEspeakWaiting; ++i) {
    streams.push_back(synthesizer->synthesize({}, "Ja.", {.voice = "espeak:de"}));
  }
  const Spoken last = finish(std::move(streams.back()));
  release.release();
  ASSERT_TRUE(last.error);
  EXPECT_EQ(last.error->code, ErrorCode::kOverloaded);
  EXPECT_FALSE(finish(std::move(streams.front())).error);
}

TEST_F(EspeakTest, RefusesOneSessionThatAsksForTooMuchAndSpeaksForAnother) {
  for (const char* voice : {"espeak:de", "slt"}) {
    runtime::ComputePool pool({.name = "held", .threads = 1, .capacity = 256});
    std::binary_semaphore release(0);
    ASSERT_TRUE(pool.post([&] { release.acquire(); }));
    const auto synthesizer = *make_synthesizer({}, pool, runtime::Log::none());
    std::vector<runtime::Stream<AudioChunk>> flood;
    for (int i = 0; i < 20; ++i) {
      flood.push_back(synthesizer->synthesize({.flow = "flood"}, "Ja.", {.voice = voice}));
    }
    auto other = synthesizer->synthesize({.flow = "other"}, "Ja.", {.voice = voice});
    const Spoken last = finish(std::move(flood.back()));
    release.release();
    ASSERT_TRUE(last.error) << voice;
    EXPECT_EQ(last.error->code, ErrorCode::kOverloaded) << voice;
    EXPECT_FALSE(finish(std::move(other)).error) << voice;
    EXPECT_FALSE(finish(std::move(flood.front())).error) << voice;
  }
}

TEST_F(EspeakTest, StopsWithTheContextAndTheStream) {
  const std::string text(1900, 'a');
  for (int i = 0; i < 20; ++i) synthesizer_->synthesize({}, text, {.voice = "espeak:de"}).cancel();
  std::stop_source stop;
  stop.request_stop();
  const Spoken never = finish(synthesizer_->synthesize(runtime::Context().stopped_by(stop.get_token()), "Ja.",
                                                       {.voice = "espeak:de"}));
  ASSERT_TRUE(never.error);
  EXPECT_EQ(never.error->code, ErrorCode::kCancelled);
  EXPECT_FALSE(say("Ja.", {.voice = "espeak:de"}).error);
}

}  // namespace
}  // namespace parley::speech
