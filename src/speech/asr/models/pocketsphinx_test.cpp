// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/pocketsphinx.hpp"

#include "audio/speech_reader.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/task_group.hpp"
#include "runtime/testing/shared_data.hpp"
#include "speech/asr/engines.hpp"
#include "speech/asr/models/utterance.hpp"
#include "speech/testing/voices.hpp"
#include "speech/voice_activity.hpp"
#include "text/word_error_rate.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using namespace std::chrono_literals;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Stream;
using runtime::StreamWriter;
using runtime::Task;
using testing::Samples;

constexpr const char* kSpoken = "speech-recognition/speechbrain/spk1_snt4.wav";
constexpr const char* kSaid = "a thin stripe runs down the middle";
constexpr const char* kCards = "speech-recognition/pocketsphinx/cards/005.wav";
constexpr const char* kCardsSaid = "eight of spades four of clubs seven of hearts";

struct Outcome {
  std::vector<Transcript> partials;
  Transcript final;
  std::optional<runtime::Error> error;
};

Task<> read_all(Stream<Transcript> transcripts, std::shared_ptr<Outcome> outcome) {
  for (;;) {
    auto next = co_await transcripts.next();
    if (!next) {
      outcome->error = next.error();
      co_return;
    }
    if (!*next) co_return;
    if ((*next)->is_final) {
      outcome->final = std::move(**next);
    } else {
      outcome->partials.push_back(std::move(**next));
    }
  }
}

Task<> send_all(StreamWriter<audio::Pcm> writer, Samples samples, std::size_t block) {
  for (std::size_t i = 0; i < samples.size(); i += block) {
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(i);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(block, samples.size() - i));
    audio::Pcm pcm{audio::kSpeechFormat, {begin, end}};
    const auto sent = co_await writer.send(std::move(pcm));
    if (!sent) co_return;
  }
  writer.finish();
}

Task<> finish_group(std::shared_ptr<runtime::TaskGroup> group) {
  const bool idle = co_await group->wait_idle(runtime::TimePoint::max());
  static_cast<void>(idle);
}

// The engine with two decoders, opened once for all tests.
class PocketSphinxTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (!std::filesystem::exists(AsrConfig{}.model_dir)) return;
    io_ = std::make_unique<runtime::IoThreads>(1);
    pool_ = std::make_unique<runtime::ComputePool>(runtime::ComputePool::Options{});
    AsrConfig patient;
    patient.decoders = 2;
    patient.wait = 1min;  // the machine may be busy with other tests
    auto opened = open_recognizer(patient, *pool_, io_->executor());
    ASSERT_TRUE(opened) << to_string(opened.error());
    engine_ = std::move(*opened);
  }
  static void TearDownTestSuite() {
    pool_.reset();  // ends what searches still run
    io_.reset();
    engine_.reset();
  }
  void SetUp() override {
    if (!engine_) GTEST_SKIP() << "the PocketSphinx model is not installed";
  }

  static Samples load(const char* name) {
    const auto path = parley::testing::shared_data(name);
    if (!path) return {};
    auto reader = audio::SpeechReader::open(*path);
    if (!reader) return {};
    auto pcm = audio::read_speech(std::move(*reader), 1min);
    return pcm ? testing::joined({std::move(pcm->samples), testing::silence(0.4)}) : Samples{};
  }

  static std::vector<Outcome> recognise(Recognizer& engine, std::vector<Samples> recordings,
                                        std::size_t block = 1600, const RecognizeOptions& options = {},
                                        const runtime::Context& context = {}) {
    const auto group = std::make_shared<runtime::TaskGroup>(io_->executor());
    std::vector<std::shared_ptr<Outcome>> outcomes;
    for (auto& samples : recordings) {
      auto [audio, writer] = runtime::make_stream<audio::Pcm>(8);
      outcomes.push_back(std::make_shared<Outcome>());
      group->spawn(read_all(engine.recognize(context, std::move(audio), options), outcomes.back()));
      group->spawn(send_all(std::move(writer), std::move(samples), block));
    }
    io_->run(finish_group(group));
    std::vector<Outcome> results;
    for (const auto& outcome : outcomes) results.push_back(*outcome);
    return results;
  }

  static std::unique_ptr<runtime::IoThreads> io_;
  static std::unique_ptr<runtime::ComputePool> pool_;
  static std::unique_ptr<Recognizer> engine_;
};

std::unique_ptr<runtime::IoThreads> PocketSphinxTest::io_;
std::unique_ptr<runtime::ComputePool> PocketSphinxTest::pool_;
std::unique_ptr<Recognizer> PocketSphinxTest::engine_;

TEST_F(PocketSphinxTest, RecognisesRecordings) {
  auto first = load(kSpoken);
  auto second = load(kCards);
  if (first.empty() || second.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto results = recognise(*engine_, {first, second});
  text::WordErrorRate rate;
  rate.add(kSaid, results[0].final.spoken);
  rate.add(kCardsSaid, results[1].final.spoken);
  EXPECT_LE(rate.percent(), 40) << results[0].final.spoken << " / " << results[1].final.spoken;
  for (const auto& result : results) {
    EXPECT_FALSE(result.error);
    EXPECT_TRUE(result.final.is_final);
  }
  EXPECT_EQ(results[0].final.processed, static_cast<std::int64_t>(first.size()));
}

TEST_F(PocketSphinxTest, WordsHaveTimesAndConfidences) {
  const auto samples = load(kCards);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto final = recognise(*engine_, {samples})[0].final;
  ASSERT_GE(final.words.size(), 5U);
  std::string together;
  std::chrono::milliseconds before{};
  for (const Word& word : final.words) {
    EXPECT_GE(word.start, before) << word.text;
    EXPECT_GT(word.end, word.start) << word.text;
    before = word.start;
    ASSERT_TRUE(word.confidence) << word.text;
    EXPECT_GE(*word.confidence, 0);
    EXPECT_LE(*word.confidence, 1);
    together += (together.empty() ? "" : " ") + word.text;
  }
  EXPECT_EQ(together, final.spoken);
  EXPECT_LE(final.words.back().end.count(), static_cast<std::int64_t>(samples.size() / 16));
  ASSERT_TRUE(final.confidence);
}

TEST_F(PocketSphinxTest, UncertainWordsHaveAlternatives) {
  const auto samples = load("speech-recognition/librispeech-test-other/367-130732-0001.flac");
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto final = recognise(*engine_, {samples})[0].final;
  std::size_t alternatives = 0;
  for (const Word& word : final.words) {
    alternatives += word.alternatives.size();
    EXPECT_LE(word.alternatives.size(), kMostAlternatives);
    double before = 1;
    for (const Alternative& other : word.alternatives) {
      EXPECT_NE(other.text, word.text);
      EXPECT_GT(other.posterior, 0);
      EXPECT_LE(other.posterior, before);
      before = other.posterior;
    }
  }
  EXPECT_GE(alternatives, final.words.size());
}

TEST_F(PocketSphinxTest, TellsHowWellShortSpeechFitsPhrases) {
  const auto cards = load("speech-recognition/pocketsphinx/cards/001.wav");  // "ten of clubs"
  const auto sentence = load(kSpoken);
  if (cards.empty() || sentence.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  RecognizeOptions options;
  options.phrases = std::make_shared<const PhraseGroups>(
      PhraseGroups{{"five of hearts", "ten of clubs"}, {"good evening", "grimbulous"}, {"grimbulous"}});
  const auto final = recognise(*engine_, {cards}, 1600, options)[0].final;
  ASSERT_EQ(final.fits.size(), 3U);
  EXPECT_GT(final.fits[0], -0.5) << "nearly what it is";
  EXPECT_GT(final.fits[0], final.fits[1] + 1);
  EXPECT_LT(final.fits[2], -5) << "no such word";
  EXPECT_TRUE(recognise(*engine_, {sentence}, 1600, options)[0].final.fits.empty()) << "it is longer";
  EXPECT_TRUE(recognise(*engine_, {cards})[0].final.fits.empty()) << "nobody asked";
}

TEST_F(PocketSphinxTest, LearnsAVoiceWithoutChangingWhatOthersAreHeardAs) {
  const auto samples = load("speech-recognition/librispeech-test-other/367-130732-0001.flac");
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto before = recognise(*engine_, {samples})[0].final.words;
  RecognizeOptions options;
  options.voice = engine_->remember(true);
  options.said = "when is a lobster not a lobster when it is a crayfish";
  EXPECT_EQ(recognise(*engine_, {samples}, 1600, options)[0].final.words, before);
  const auto adapted = recognise(*engine_, {samples}, 1600, options)[0].final.words;
  EXPECT_NE(adapted, before);
  // Both decoders, so that the one that adapted is among them.
  for (const auto& after : recognise(*engine_, {samples, samples})) EXPECT_EQ(after.final.words, before);
}

TEST_F(PocketSphinxTest, AKeptVoiceIsHeardAsInTheSessionThatLearntIt) {
  const auto samples = load("speech-recognition/librispeech-test-other/367-130732-0001.flac");
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto keeper = engine_->keeper();
  ASSERT_NE(keeper, nullptr);
  RecognizeOptions options;
  options.voice = keeper->recall({}).value();
  options.said = "when is a lobster not a lobster when it is a crayfish";
  EXPECT_TRUE(options.voice->take_learnt().bytes.empty());
  const auto before = recognise(*engine_, {samples}, 1600, options)[0].final;
  const SpeakerProfile learnt = options.voice->take_learnt();
  EXPECT_GT(learnt.seconds, 2);
  EXPECT_LT(learnt.seconds, 5);
  EXPECT_LE(learnt.bytes.size(), kMostProfileBytes);
  EXPECT_TRUE(options.voice->take_learnt().bytes.empty()) << "nothing is given twice";

  options.learn = false;
  const auto adapted = recognise(*engine_, {samples}, 1600, options)[0].final.spoken;
  EXPECT_NE(adapted, before.spoken);
  options.voice = keeper->recall(learnt.bytes).value();
  EXPECT_EQ(recognise(*engine_, {samples}, 1600, options)[0].final.spoken, adapted);

  options.voice->forget();
  EXPECT_EQ(recognise(*engine_, {samples}, 1600, options)[0].final.words, before.words);
  options.learn = true;
  recognise(*engine_, {samples}, 1600, options);
  EXPECT_TRUE(options.voice->take_learnt().bytes.empty());
}

TEST_F(PocketSphinxTest, WhatIsKeptAndWhatIsLearntBecomeOne) {
  const auto samples = load("speech-recognition/librispeech-test-other/367-130732-0001.flac");
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto keeper = engine_->keeper();
  RecognizeOptions options;
  options.voice = keeper->recall({}).value();
  options.said = "when is a lobster not a lobster when it is a crayfish";
  recognise(*engine_, {samples}, 1600, options);
  const SpeakerProfile learnt = options.voice->take_learnt();
  const auto both = keeper->combine(learnt.bytes, learnt.bytes);
  ASSERT_TRUE(both) << to_string(both.error());
  EXPECT_NEAR(both->seconds, 2 * learnt.seconds, 1e-6);
  EXPECT_EQ(keeper->combine({}, learnt.bytes)->bytes, learnt.bytes);
  EXPECT_EQ(keeper->combine("junk", learnt.bytes).error().code, runtime::ErrorCode::kBadRequest);
  EXPECT_EQ(keeper->recall("junk").error().code, runtime::ErrorCode::kBadRequest);
}

TEST_F(PocketSphinxTest, WhoeverElseSpeaksIsNotLearntAndHeardAsAnybody) {
  const auto own = load("speech-recognition/librispeech-test-other/367-130732-0001.flac");
  const auto others = load(kSpoken);
  if (own.empty() || others.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto keeper = engine_->keeper();
  RecognizeOptions options;
  options.voice = keeper->recall({}).value();
  options.said = "when is a lobster not a lobster when it is a crayfish";
  recognise(*engine_, {own}, 1600, options);
  // A voice that is known for longer than one sentence.
  std::string known;
  const std::string learnt = options.voice->take_learnt().bytes;
  for (int times = 0; times < 4; ++times) known = keeper->combine(known, learnt)->bytes;
  options.said.clear();
  const auto anybody = recognise(*engine_, {others})[0].final.words;
  options.voice = keeper->recall(known).value();
  recognise(*engine_, {others}, 1600, options);
  EXPECT_TRUE(options.voice->take_learnt().bytes.empty());
  options.learn = false;
  EXPECT_EQ(recognise(*engine_, {others}, 1600, options)[0].final.words, anybody);
  options.learn = true;
  recognise(*engine_, {own}, 1600, options);
  EXPECT_FALSE(options.voice->take_learnt().bytes.empty()) << "the voice that is known is learnt further";
}

TEST_F(PocketSphinxTest, AMemoryThatMayNotLearnStaysAsItIs) {
  const auto samples = load(kSpoken);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto before = recognise(*engine_, {samples})[0].final.words;
  RecognizeOptions options;
  options.voice = engine_->remember(true);
  options.learn = false;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(recognise(*engine_, {samples}, 1600, options)[0].final.words, before);
  }
}

TEST_F(PocketSphinxTest, ExpectedWordsAreHeardAndThenForgotten) {
  const auto samples = load(kSpoken);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  // Spelled so that no dictionary holds it.
  RecognizeOptions biased;
  biased.bias = Bias::from({.texts = {"A thin stripe runz down the middle."}});
  const auto before = recognise(*engine_, {samples})[0].final.spoken;
  const auto with = recognise(*engine_, {samples}, 1600, biased)[0].final.spoken;
  EXPECT_NE(with.find("runz"), std::string::npos) << with;
  // Both decoders, so that the one that learnt the word is among them.
  for (const auto& after : recognise(*engine_, {samples, samples})) EXPECT_EQ(after.final.spoken, before);
}

TEST_F(PocketSphinxTest, ABiasCanBeTakenUpAhead) {
  const auto samples = load(kSpoken);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  RecognizeOptions biased;
  biased.bias = Bias::from({.texts = {"A thin stripe runs down the middle."}});
  const auto expected = recognise(*engine_, {samples}, 1600, biased)[0].final.spoken;
  engine_->prepare(biased.bias);
  EXPECT_EQ(recognise(*engine_, {samples}, 1600, biased)[0].final.spoken, expected);
  engine_->prepare(nullptr);
  text::WordErrorRate rate;
  rate.add(kSaid, expected);
  EXPECT_EQ(rate.errors(), 0U) << expected;
}

TEST_F(PocketSphinxTest, PartialsComeWhileSpeechGoesOn) {
  const auto samples = load(kCards);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto outcome = recognise(*engine_, {samples}, 160)[0];
  ASSERT_GE(outcome.partials.size(), 2U);
  std::int64_t processed = 0;
  for (const auto& partial : outcome.partials) {
    EXPECT_FALSE(partial.is_final);
    EXPECT_GE(partial.processed, processed);
    processed = partial.processed;
  }
  EXPECT_LT(outcome.partials.front().processed, static_cast<std::int64_t>(samples.size()) * 3 / 4);
  RecognizeOptions quiet;
  quiet.partials = false;
  const auto without = recognise(*engine_, {samples}, 160, quiet)[0];
  EXPECT_TRUE(without.partials.empty());
  EXPECT_EQ(without.final.spoken, outcome.final.spoken);
}

// The samples at which a voice begins and, for the last time, ends.
std::pair<std::int64_t, std::int64_t> voice_of(const Samples& samples) {
  VoiceActivityDetector detector({});
  std::optional<std::int64_t> begin;
  std::int64_t end = 0;
  for (std::size_t i = 0; i + kVadFrameSamples <= samples.size(); i += kVadFrameSamples) {
    const auto event = detector.process(
        std::span<const std::int16_t, kVadFrameSamples>(samples.data() + i, kVadFrameSamples));
    if (event && event->kind == VoiceEvent::Kind::kStarted && !begin) begin = event->at;
    if (event && event->kind == VoiceEvent::Kind::kStopped) end = event->at;
  }
  return {begin.value_or(0), end};
}

// What a recording says, and 220 ms of the silence behind it: less than a pause.
Samples up_to_lull(const Samples& samples) {
  return {samples.begin(), samples.begin() + voice_of(samples).second + 220 * 16};
}

TEST_F(PocketSphinxTest, WordsSettleInALullUntilMoreIsSaid) {
  const auto samples = load(kCards);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto lull = up_to_lull(samples);
  const auto ended = recognise(*engine_, {lull}, 160)[0].final;
  const auto outcome = recognise(*engine_, {testing::joined({lull, samples})}, 160)[0];
  const auto settled = std::find_if(
      outcome.partials.begin(), outcome.partials.end(),
      [&](const Transcript& partial) { return partial.settled && partial.spoken == ended.spoken; });
  ASSERT_NE(settled, outcome.partials.end());
  EXPECT_TRUE(settled->confidence);
  const auto goes_on = [](const Transcript& partial) { return !partial.settled; };
  EXPECT_TRUE(std::any_of(settled, outcome.partials.end(), goes_on));
}

TEST_F(PocketSphinxTest, AWordOverAnAnswerSettlesInItsPauseHoweverShortItIs) {
  const auto samples = load("speech-recognition/pocketsphinx/cards/001.wav");
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  auto decoder = SphinxDecoder::open({});
  ASSERT_TRUE(decoder) << to_string(decoder.error());
  const auto phrases = std::make_shared<const PhraseGroups>(PhraseGroups{{"ten"}, {"good evening"}});
  Utterance utterance(**decoder, std::nullopt, false, phrases);
  const std::int64_t end = voice_of(samples).first + 450 * 16;
  const auto heard = testing::joined({{samples.begin(), samples.begin() + end}, testing::silence(1)});
  std::optional<Transcript> settled;
  std::int64_t taken = 0;
  while (taken < std::ssize(heard) && !(settled && settled->settled)) {
    utterance.accept({heard.data() + taken, kVadFrameSamples});
    taken += kVadFrameSamples;
    while (utterance.advance()) {
    }
    settled = utterance.take_partial();
  }
  ASSERT_TRUE(settled);
  EXPECT_EQ(settled->fits.size(), phrases->size()) << settled->spoken;
  EXPECT_LE(taken, end + 200 * 16) << "the first look would be later";
}

// Sums over a lattice may differ in their last bits with the order in which it was built.
void expect_same_words(const std::vector<Word>& words, const std::vector<Word>& others) {
  ASSERT_EQ(words.size(), others.size());
  for (std::size_t i = 0; i < words.size(); ++i) {
    EXPECT_EQ(words[i].text, others[i].text);
    EXPECT_EQ(words[i].start, others[i].start);
    EXPECT_EQ(words[i].end, others[i].end);
    EXPECT_NEAR(words[i].confidence.value_or(-1), others[i].confidence.value_or(-1), 1e-6);
  }
}

TEST_F(PocketSphinxTest, TheSizeOfTheBlocksChangesNothing) {
  const auto samples = load(kCards);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto small = recognise(*engine_, {samples}, 80)[0].final;
  const auto large = recognise(*engine_, {samples}, 12'345)[0].final;
  expect_same_words(small.words, large.words);
}

TEST_F(PocketSphinxTest, WhatCanWaitIsHeardThoroughly) {
  const auto samples = load(kCards);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto live = recognise(*engine_, {samples})[0].final.words;
  RecognizeOptions options;
  options.thorough = true;
  const auto outcome = recognise(*engine_, {samples}, 1600, options)[0];
  EXPECT_TRUE(outcome.partials.empty());
  EXPECT_EQ(outcome.final.processed, static_cast<std::int64_t>(samples.size()));
  text::WordErrorRate rate;
  rate.add(kCardsSaid, outcome.final.spoken);
  EXPECT_LE(rate.errors(), 4U) << outcome.final.spoken;
  for (const Word& word : outcome.final.words) {
    EXPECT_LT(word.start, word.end) << word.text;
    EXPECT_TRUE(word.confidence.has_value());
  }
  expect_same_words(recognise(*engine_, {samples}, 333, options)[0].final.words, outcome.final.words);
  // Both decoders, so that the one that was thorough is among them.
  for (const auto& after : recognise(*engine_, {samples, samples}))
    expect_same_words(after.final.words, live);
}

TEST_F(PocketSphinxTest, ExpectedWordsAreHeardThoroughlyToo) {
  const auto samples = load(kSpoken);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  RecognizeOptions options;
  options.thorough = true;
  const auto before = recognise(*engine_, {samples}, 1600, options)[0].final.spoken;
  options.bias = Bias::from({.texts = {"A thin stripe runz down the middle."}});
  const auto with = recognise(*engine_, {samples}, 1600, options)[0].final.spoken;
  EXPECT_NE(with.find("runz"), std::string::npos) << with;
  options.bias = nullptr;
  EXPECT_EQ(recognise(*engine_, {samples}, 1600, options)[0].final.spoken, before);
}

TEST_F(PocketSphinxTest, TwoAtOnceHearWhatEachHearsAlone) {
  const auto first = load(kSpoken);
  const auto second = load(kCards);
  if (first.empty() || second.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto alone_first = recognise(*engine_, {first})[0].final;
  const auto alone_second = recognise(*engine_, {second})[0].final;
  // Four streams on two decoders: two wait for their turn.
  const auto together = recognise(*engine_, {first, second, second, first});
  expect_same_words(together[0].final.words, alone_first.words);
  expect_same_words(together[1].final.words, alone_second.words);
  expect_same_words(together[2].final.words, alone_second.words);
  expect_same_words(together[3].final.words, alone_first.words);
}

TEST_F(PocketSphinxTest, SilenceAndNoiseGiveAnEmptyFinal) {
  const auto results = recognise(*engine_, {testing::silence(3), testing::white_noise(3, -45), {}});
  for (const auto& result : results) {
    EXPECT_FALSE(result.error);
    EXPECT_TRUE(result.final.is_final);
    EXPECT_EQ(result.final.text, "");
    EXPECT_EQ(result.final.spoken, "");
    EXPECT_TRUE(result.partials.empty());
  }
}

TEST_F(PocketSphinxTest, OtherLanguagesAreUnavailable) {
  RecognizeOptions options;
  options.language = "de";
  const auto outcome = recognise(*engine_, {testing::silence(0.1)}, 1600, options)[0];
  ASSERT_TRUE(outcome.error);
  EXPECT_EQ(outcome.error->code, ErrorCode::kLanguageUnavailable);
  options.language = "en-GB";
  EXPECT_FALSE(recognise(*engine_, {testing::silence(0.1)}, 1600, options)[0].error);
}

Task<> offer_stereo(Recognizer& engine, std::shared_ptr<Outcome> outcome) {
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(8);
  const auto pushed = writer.push({audio::PcmFormat{48000, 2}, Samples(960)});
  EXPECT_TRUE(pushed);
  auto transcripts = engine.recognize({}, std::move(audio), {});
  co_await read_all(std::move(transcripts), outcome);
}

TEST_F(PocketSphinxTest, RefusesAnotherFormat) {
  const auto outcome = std::make_shared<Outcome>();
  io_->run(offer_stereo(*engine_, outcome));
  ASSERT_TRUE(outcome->error);
  EXPECT_EQ(outcome->error->code, ErrorCode::kBadRequest);
}

Task<> stop_while_it_listens(Recognizer& engine, std::shared_ptr<Outcome> outcome) {
  std::stop_source stop;
  runtime::Context context;
  context.stop = stop.get_token();
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(8);
  auto transcripts = engine.recognize(context, std::move(audio), {});
  audio::Pcm pcm{audio::kSpeechFormat, testing::voice(0.5, -26)};
  const auto sent = co_await writer.send(std::move(pcm));
  EXPECT_TRUE(sent);
  stop.request_stop();
  co_await read_all(std::move(transcripts), outcome);
}

TEST_F(PocketSphinxTest, StopsWhenTheContextDoes) {
  const auto outcome = std::make_shared<Outcome>();
  io_->run(stop_while_it_listens(*engine_, outcome));
  ASSERT_TRUE(outcome->error);
  EXPECT_EQ(outcome->error->code, ErrorCode::kCancelled);
  EXPECT_FALSE(outcome->final.is_final);
}

Task<> listen_past_the_deadline(Recognizer& engine, std::shared_ptr<Outcome> outcome) {
  const auto context = runtime::Context{}.until(runtime::SystemClock().now() + 50ms);
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(8);
  auto transcripts = engine.recognize(context, std::move(audio), {});
  co_await read_all(std::move(transcripts), outcome);
}

TEST_F(PocketSphinxTest, EndsWithItsDeadline) {
  const auto outcome = std::make_shared<Outcome>();
  io_->run(listen_past_the_deadline(*engine_, outcome));
  ASSERT_TRUE(outcome->error);
  EXPECT_EQ(outcome->error->code, ErrorCode::kTimeout);
}

struct Busy {
  Outcome refused;
  Outcome served;
};

// One decoder, held by a stream that goes on: the next one is refused, and served once the first is dropped.
Task<> crowd(Recognizer& engine, std::shared_ptr<Busy> busy) {
  auto [endless, writer] = runtime::make_stream<audio::Pcm>(8);
  auto holder = engine.recognize({}, std::move(endless), {});
  auto [audio, second_writer] = runtime::make_stream<audio::Pcm>(8);
  second_writer.finish();
  auto refused = std::make_shared<Outcome>();
  auto second = engine.recognize({}, std::move(audio), {});
  co_await read_all(std::move(second), refused);
  busy->refused = *refused;
  holder.cancel();
  for (int i = 0; i < 50; ++i) {
    auto [again, third_writer] = runtime::make_stream<audio::Pcm>(8);
    third_writer.finish();
    auto served = std::make_shared<Outcome>();
    auto third = engine.recognize({}, std::move(again), {});
    co_await read_all(std::move(third), served);
    busy->served = *served;
    if (!served->error) co_return;
  }
}

TEST_F(PocketSphinxTest, IsOverloadedWhenNoDecoderGetsFreeInTime) {
  AsrConfig config;
  config.decoders = 1;
  config.wait = 30ms;
  runtime::IoThreads io(1);
  runtime::ComputePool pool({});
  auto engine = open_recognizer(config, pool, io.executor());
  ASSERT_TRUE(engine);
  const auto busy = std::make_shared<Busy>();
  io.run(crowd(**engine, busy));
  ASSERT_TRUE(busy->refused.error);
  EXPECT_EQ(busy->refused.error->code, ErrorCode::kOverloaded);
  EXPECT_FALSE(busy->served.error);
  EXPECT_TRUE(busy->served.final.is_final);
}

// A third speaks while two others, who say nothing, keep a decoder each.
Task<> speak_third(Recognizer& engine, Samples samples, std::shared_ptr<Outcome> outcome) {
  auto [first_audio, first_writer] = runtime::make_stream<audio::Pcm>(8);
  auto [second_audio, second_writer] = runtime::make_stream<audio::Pcm>(8);
  auto first = engine.recognize({}, std::move(first_audio), {});
  auto second = engine.recognize({}, std::move(second_audio), {});
  // Only when the two have their decoders is a third seen to be needed.
  for (int i = 0; i < 50 && !outcome->final.is_final; ++i) {
    auto [audio, writer] = runtime::make_stream<audio::Pcm>(8);
    const auto pushed = writer.push({audio::kSpeechFormat, samples});
    EXPECT_TRUE(pushed);
    writer.finish();
    auto third = engine.recognize({}, std::move(audio), {});
    co_await read_all(std::move(third), outcome);
  }
}

TEST_F(PocketSphinxTest, OpensADecoderMoreWhenAllAreTaken) {
  const auto samples = load(kCards);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  AsrConfig config;
  config.decoders = 3;
  config.wait = 2s;
  auto engine = open_recognizer(config, *pool_, io_->executor());
  ASSERT_TRUE(engine);
  const auto outcome = std::make_shared<Outcome>();
  io_->run(speak_third(**engine, samples, outcome));
  EXPECT_EQ(outcome->final.spoken, recognise(*engine_, {samples})[0].final.spoken);
}

// Hears until there are words, and drops the stream in the middle of the search.
Task<> leave_in_the_middle(Recognizer& engine, Samples samples) {
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(8);
  auto transcripts = engine.recognize({}, std::move(audio), {});
  const auto pushed = writer.push({audio::kSpeechFormat, std::move(samples)});
  EXPECT_TRUE(pushed);
  const auto partial = co_await transcripts.next();
  EXPECT_TRUE(partial && partial->has_value());
}

TEST_F(PocketSphinxTest, ADecoderThatWasLeftInTheMiddleHearsTheNextAsAnother) {
  const auto samples = load(kCards);
  if (samples.empty()) GTEST_SKIP() << "no shared test data beside the checkout";
  AsrConfig config;
  config.decoders = 1;
  config.wait = 1min;
  auto engine = open_recognizer(config, *pool_, io_->executor());
  ASSERT_TRUE(engine);
  io_->run(leave_in_the_middle(**engine, {samples.begin(), samples.begin() + 2 * 16'000}));
  const auto next = recognise(**engine, {samples})[0];
  EXPECT_FALSE(next.error);
  EXPECT_EQ(next.final.spoken, recognise(*engine_, {samples})[0].final.spoken);
}

Task<> outrun(Recognizer& engine, std::shared_ptr<std::size_t> accepted) {
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(4);
  auto transcripts = engine.recognize({}, std::move(audio), {});
  // Nothing else runs on this thread meanwhile, so nothing is taken out.
  for (;;) {
    const auto pushed = writer.push({audio::kSpeechFormat, Samples(160)});
    if (!pushed) {
      EXPECT_EQ(pushed.error().code, ErrorCode::kOverloaded);
      break;
    }
    ++*accepted;
  }
  writer.finish();
  auto outcome = std::make_shared<Outcome>();
  co_await read_all(std::move(transcripts), outcome);
  EXPECT_FALSE(outcome->error);
}

TEST_F(PocketSphinxTest, ASenderThatIsTooFastIsTold) {
  const auto accepted = std::make_shared<std::size_t>(0);
  io_->run(outrun(*engine_, accepted));
  EXPECT_EQ(*accepted, 4U);
}

TEST(OpenRecognizer, SaysWhenTheModelIsMissing) {
  runtime::IoThreads io(1);
  runtime::ComputePool pool({});
  AsrConfig config;
  config.model_dir = "/nowhere";
  const auto missing = open_recognizer(config, pool, io.executor());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kModelRequired);
  config.engine = "nobody";
  const auto unknown = open_recognizer(config, pool, io.executor());
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().param, "asr.engine");
}

TEST(AsrConfig, RefusesWhatCannotBe) {
  EXPECT_TRUE(AsrConfig{}.validate());
  AsrConfig config;
  config.decoders = 0;
  ASSERT_FALSE(config.validate());
  EXPECT_EQ(config.validate().error().param, "asr.decoders");
}

}  // namespace
}  // namespace parley::speech
