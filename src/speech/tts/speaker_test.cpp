// SPDX-License-Identifier: Apache-2.0
#include "speech/module.hpp"
#include "speech/testing/spoken.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using testing::Spoken;

class SpeakerTest : public ::testing::Test {
 protected:
  std::shared_ptr<Synthesizer> make(TtsConfig config = {}) {
    return *make_synthesizer(config, pool_, runtime::Log::none(), SpeechCache{folder_, &metrics_});
  }
  Spoken say(Synthesizer& synthesizer, std::string text, SynthesizeOptions options = {}) {
    return testing::finish(io_, synthesizer.synthesize({}, std::move(text), std::move(options)));
  }
  // What was looked for and found, not found. A sentence is kept a moment after its stream has ended.
  std::pair<int, int> counted() {
    const std::string page = metrics_.expose();
    const auto value = [&](const std::string& name) {
      const auto at = page.find(name);
      return at == std::string::npos ? 0 : std::stoi(page.substr(at + name.size()));
    };
    return {value("parley_tts_cache_total{result=\"hit\"} "),
            value("parley_tts_cache_total{result=\"miss\"} ")};
  }
  // Until all that was begun on the pool is done.
  void settle() {
    for (std::size_t left = pool_.threads(); left > 0; --left) {
      runtime::Result<> done;
      io_.run(wait_for_pool(&done));
    }
  }
  runtime::Task<> wait_for_pool(runtime::Result<>* done) {
    const runtime::Context context;
    *done = co_await pool_.run(context, [] {});
  }

  parley::testing::TemporaryDirectory root_;
  const std::filesystem::path folder_ = root_.path() / "speech-cache";
  runtime::Metrics metrics_;
  runtime::IoThreads io_{1};
  runtime::ComputePool pool_{{.name = "tts", .threads = 1}};
};

TEST_F(SpeakerTest, SpeaksATextInAVoiceOfItsLanguage) {
  const auto synthesizer = make();
  const auto engine = [&](const std::string& text, SynthesizeOptions options = {}) {
    const auto found = synthesizer->engine_for(text, options);
    return found ? found->name.substr(0, 6) : to_string(found.error());
  };
  const std::string german = "Der Laden ist von neun bis fünf geöffnet, samstags nur bis zwölf.";
  EXPECT_EQ(engine("The shop is open from nine to five."), "flite ");
  EXPECT_EQ(engine(german), "espeak");
  EXPECT_EQ(engine(german, {.voice = "rms"}), "flite ") << "what was asked for is spoken";
  EXPECT_EQ(engine("Ja.", {.language = "de-AT"}), "espeak");
  EXPECT_EQ(engine("Ja."), "flite ");
  EXPECT_EQ(engine("The shop is open from nine to five.", {.language = "de"}), "flite ");
  EXPECT_EQ(engine("Nuqneh", {.language = "qqq"}), "flite ") << "no engine speaks it";
  EXPECT_FALSE(say(*synthesizer, german).samples.empty());

  const auto from_germany = make({.voice = "espeak:de"});
  EXPECT_EQ(from_germany->engine_for(german, {})->name.substr(0, 6), "espeak");
  EXPECT_EQ(from_germany->engine_for("The shop is open from nine to five.", {})->name.substr(0, 6), "flite ");
}

TEST_F(SpeakerTest, SpeaksTheSoundsThatItIsGiven) {
  const auto synthesizer = make();
  for (const auto* voice : {"slt", "espeak:en-us"}) {
    const Spoken cat = say(*synthesizer, "New York", {.voice = voice, .phonemes = "ˈkæt"});
    ASSERT_FALSE(cat.error) << voice << ": " << to_string(*cat.error);
    EXPECT_EQ(testing::texts(cat.words), std::vector<std::string>{"New York"}) << voice;
    ASSERT_GE(cat.phonemes.size(), 3u) << voice;
    EXPECT_EQ(cat.phonemes[0].symbol, "k") << voice;
    EXPECT_EQ(cat.phonemes[1].symbol.substr(0, 2), "æ") << voice;
    EXPECT_EQ(cat.phonemes[2].symbol.substr(0, 1), "t") << voice;
    EXPECT_LT(cat.samples.size(), say(*synthesizer, "New York", {.voice = voice}).samples.size()) << voice;
    const Spoken refused = say(*synthesizer, "New York", {.voice = voice, .phonemes = "ñ"});
    ASSERT_TRUE(refused.error) << voice;
    EXPECT_EQ(refused.error->param, "phonemes");
  }
}

TEST_F(SpeakerTest, RepeatsASentenceExactly) {
  const auto synthesizer = make();
  for (const auto* voice : {"slt", "espeak:de"}) {
    const Spoken first = say(*synthesizer, "One, two, three.", {.voice = voice});
    settle();
    const Spoken again = say(*synthesizer, "One, two, three.", {.voice = voice});
    ASSERT_FALSE(again.error) << voice;
    // Flite's own noise is random: the same samples can only be kept ones.
    EXPECT_EQ(again.samples, first.samples) << voice;
    EXPECT_EQ(again.words, first.words) << voice;
    EXPECT_EQ(again.phonemes, first.phonemes) << voice;
    EXPECT_FALSE(again.words.empty()) << voice;
  }
  EXPECT_EQ(counted(), std::pair(2, 2));
  say(*synthesizer, "One, two, three.", {.voice = "slt", .speed = 1.5});
  EXPECT_EQ(counted(), std::pair(2, 3));
}

TEST_F(SpeakerTest, MakesTheFirstSentenceOfAnEngineEvenWhenItIsKept) {
  say(*make(), "Ready.");
  settle();
  const auto after_a_restart = make();
  say(*after_a_restart, "Ready.");
  EXPECT_EQ(counted(), std::pair(0, 2));
  settle();
  say(*after_a_restart, "Ready.");
  EXPECT_EQ(counted(), std::pair(1, 2));
}

TEST_F(SpeakerTest, SpeaksAnewWhenAKeptSentenceIsDamaged) {
  const auto synthesizer = make();
  say(*synthesizer, "Hello.");
  settle();
  for (const auto& file : std::filesystem::directory_iterator(folder_)) std::ofstream(file.path()) << "?";
  const Spoken again = say(*synthesizer, "Hello.");
  EXPECT_FALSE(again.error);
  EXPECT_FALSE(again.samples.empty());
  EXPECT_EQ(counted(), std::pair(0, 2));
}

TEST_F(SpeakerTest, KeepsNothingThatWasNotSpokenToItsEnd) {
  const auto synthesizer = make();
  synthesizer->synthesize({}, "This sentence is cut off before it has ended, so it is not kept.", {})
      .cancel();
  settle();
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

TEST_F(SpeakerTest, KeepsNothingWhenToldSo) {
  const auto synthesizer = make({.cache_megabytes = 0});
  say(*synthesizer, "Hello.");
  settle();
  EXPECT_FALSE(std::filesystem::exists(folder_));
  EXPECT_EQ(counted(), std::pair(0, 0));
}

TEST_F(SpeakerTest, EndsWithTheContextAlsoWhenTheSentenceIsKept) {
  const auto synthesizer = make();
  say(*synthesizer, "Hello.");
  settle();
  std::stop_source stop;
  stop.request_stop();
  const Spoken never = testing::finish(
      io_, synthesizer->synthesize(runtime::Context().stopped_by(stop.get_token()), "Hello.", {}));
  ASSERT_TRUE(never.error);
  EXPECT_EQ(never.error->code, runtime::ErrorCode::kCancelled);
}

}  // namespace
}  // namespace parley::speech
