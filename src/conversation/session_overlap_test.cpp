// SPDX-License-Identifier: Apache-2.0
// Speech, noises and echoes over an answer.
#include "conversation/session.hpp"
#include "conversation/testing/session_harness.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::ErrorCode;
using runtime::Task;
using testing::begin_long_answer;
using testing::expect_legal_states;
using testing::Harness;
using testing::Recorder;
using testing::silence;
using testing::Timed;
using testing::voice;

std::vector<OutputLevel> levels(const Recorder& recorder) {
  std::vector<OutputLevel> levels;
  for (const auto& change : recorder.all<OutputLevelChanged>()) levels.push_back(change.level);
  return levels;
}

TEST(Session, PlaysOnWhereItWasAfterANoise) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    h.recognizer->words = "";
    co_await begin_long_answer(h);
    h.session->append_audio(voice(400ms));
    h.session->append_audio(silence(300ms));
    const bool resumed = co_await h.recorder.wait_for<OutputLevelChanged>(3);
    EXPECT_TRUE(resumed);
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
    EXPECT_TRUE(h.session->cancel_response());
  });
  EXPECT_EQ(levels(harness.recorder),
            (std::vector{OutputLevel::kDucked, OutputLevel::kPaused, OutputLevel::kFull}));
  EXPECT_TRUE(harness.recorder.all<UserSpeechStarted>().empty()) << "nobody hears of what was none";
  EXPECT_TRUE(harness.recorder.all<UserInputDropped>().empty());
  EXPECT_TRUE(harness.recorder.all<TranscriptCompleted>().empty());
  EXPECT_EQ(harness.recorder.all<ResponseDone>().at(0).reason, "client_cancelled");
  expect_legal_states(harness.recorder);
}

TEST(Session, IsInterruptedBySpeechThatLasts) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    h.session->append_audio(voice(1500ms));
    EXPECT_EQ(h.session->state(), SessionState::kListening);
    h.session->append_audio(silence(3s));
    const bool answered = co_await h.recorder.wait_for<ResponseStarted>(2);
    EXPECT_TRUE(answered);
  });
  EXPECT_EQ(levels(harness.recorder), (std::vector{OutputLevel::kDucked, OutputLevel::kPaused}));
  EXPECT_EQ(harness.recorder.all<UserSpeechStarted>().size(), 1U);
  EXPECT_EQ(harness.recorder.all<TranscriptCompleted>().size(), 1U);
  EXPECT_EQ(harness.recorder.all<ResponseDone>().at(0).reason, "turn_detected");
  expect_legal_states(harness.recorder);
}

TEST(Session, IsInterruptedByAShortWordOnceItIsUnderstood) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    h.recognizer->words = "stop";
    co_await begin_long_answer(h);
    h.session->append_audio(voice(400ms));
    h.session->append_audio(silence(1s));
    const bool heard = co_await h.recorder.wait_for<TranscriptCompleted>();
    EXPECT_TRUE(heard);
  });
  EXPECT_EQ(harness.recorder.all<TranscriptCompleted>().at(0).transcript.text, "stop");
  EXPECT_EQ(harness.recorder.all<UserInputCommitted>().size(), 1U);
  EXPECT_EQ(harness.recorder.all<ResponseDone>().at(0).reason, "turn_detected");
  expect_legal_states(harness.recorder);
}

// Whether an answer is paused whose own sound is all that comes back, a little later and at a third.
bool paused_over_an_echo(bool cancel, Task<> (*body)(Harness&)) {
  Timed harness;
  harness.options.cancel_echo = cancel;
  harness.synthesizer->sound = voice(1000ms);
  harness.run(body);
  return std::ranges::count(levels(harness.recorder), OutputLevel::kPaused) > 0;
}

void hear_echo(Harness& h) {
  auto heard = silence(60ms);
  for (const std::int16_t sample : voice(900ms)) heard.push_back(static_cast<std::int16_t>(sample / 3));
  h.session->append_audio(heard);
  EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
}

Task<> echo(Harness& h) {
  co_await begin_long_answer(h);
  hear_echo(h);
}

// The network stood still, or the device.
Task<> late_echo(Harness& h) {
  co_await begin_long_answer(h);
  static_cast<Timed&>(h).standing->advance(1500ms);
  hear_echo(h);
}

TEST(Session, DoesNotTakeItsOwnAnswerForSpeech) {
  EXPECT_FALSE(paused_over_an_echo(true, echo));
  EXPECT_TRUE(paused_over_an_echo(false, echo));
}

TEST(Session, DoesNotTakeItsOwnAnswerForSpeechWhenItComesLate) {
  EXPECT_FALSE(paused_over_an_echo(true, late_echo));
  EXPECT_TRUE(paused_over_an_echo(false, late_echo));
}

// What a microphone hears of it in a hall, far from the loudspeaker.
std::vector<std::int16_t> in_a_hall(const std::vector<std::int16_t>& sound) {
  constexpr std::size_t kLate = 960;
  constexpr std::size_t kRings = 4000;
  std::minstd_rand random(2);
  std::normal_distribution<float> reflected(0, 0.1F);
  std::vector<float> heard(sound.size());
  for (std::size_t at = 0; at < kRings; ++at) {
    const float gain = reflected(random) * std::exp(-static_cast<float>(at) / 800);
    for (std::size_t i = at + kLate; i < heard.size(); ++i) heard[i] += gain * sound[i - at - kLate];
  }
  std::vector<std::int16_t> samples;
  for (const float sample : heard) samples.push_back(static_cast<std::int16_t>(std::lround(sample)));
  return samples;
}

// A device that plays the answer as it is told to.
void play_in_a_hall(Harness& h, std::chrono::milliseconds duration) {
  const auto heard = in_a_hall(h.synthesizer->sound);
  auto next = heard.begin();
  for (auto at = 0ms; at < duration; at += 10ms) {
    auto frame = silence(10ms);
    const auto told = levels(h.recorder);
    const OutputLevel level = told.empty() ? OutputLevel::kFull : told.back();
    if (level != OutputLevel::kPaused) {
      const auto end = next + static_cast<std::ptrdiff_t>(frame.size());
      std::transform(next, end, frame.begin(), [&](std::int16_t sample) {
        return static_cast<std::int16_t>(level == OutputLevel::kDucked ? sample / 4 : sample);
      });
      next = end;
    }
    h.session->append_audio(frame);
  }
}

TEST(Session, WhatBeganBeforeItsEchoWasKnownDoesNotInterruptAnAnswer) {
  Timed harness;
  harness.options.cancel_echo = true;
  harness.recognizer->words = "stop";
  harness.synthesizer->sound = voice(1s, 100, 150);
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    play_in_a_hall(h, 1150ms);
    const auto told = levels(h.recorder);
    EXPECT_EQ(told.back(), OutputLevel::kPaused) << "it is heard as speech, and not judged yet";
    const bool resumed = co_await h.recorder.wait_for<OutputLevelChanged>(told.size() + 1);
    EXPECT_TRUE(resumed);
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
    EXPECT_TRUE(h.recorder.all<ResponseDone>().empty());
  });
}

struct SaysAWord : Timed {
  std::vector<std::int16_t> word;
};

// Says it over an answer, perhaps with an echo of that. Gives how many samples the recogniser begins with.
std::size_t heard_at_first(std::vector<std::int16_t> word, bool with_echo) {
  SaysAWord harness;
  harness.word = std::move(word);
  harness.options.cancel_echo = with_echo;
  harness.recognizer->words = "stop";
  harness.synthesizer->sound = voice(1000ms);
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    if (h.options.cancel_echo) {
      hear_echo(h);
    } else {
      h.session->append_audio(silence(1s));
    }
    h.session->append_audio(static_cast<SaysAWord&>(h).word);
    h.session->append_audio(silence(1s));
    const bool understood = co_await h.recorder.wait_for<TranscriptCompleted>();
    EXPECT_TRUE(understood);
  });
  return harness.recognizer->openings->back();
}

TEST(Session, OverAnEchoLittleIsHeardFromBeforeAWordAndAllOfTheWord) {
  const std::size_t little = 240U * kSamplesPerMs;
  const auto word = voice(600ms, 210);
  EXPECT_EQ(heard_at_first(word, true), little);
  EXPECT_GE(heard_at_first(word, false), 300U * kSamplesPerMs);
  auto hissed = word;
  std::minstd_rand random(1);
  std::uniform_int_distribution<std::int16_t> noise(-3000, 3000);
  std::generate_n(hissed.begin(), 300 * kSamplesPerMs, [&] { return noise(random); });
  EXPECT_GT(heard_at_first(hissed, true), little);
}

TEST(Session, ARecogniserThatFailsOverAnAnswerLeavesItAlone) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    h.recognizer->failure = runtime::Error{ErrorCode::kAsrFailed, "broken"};
    h.recognizer->fails_at_once = true;
    h.session->append_audio(voice(200ms));
    // Whether it was paused before that became known is chance.
    for (bool resumed = false; !resumed;) {
      const bool told = co_await h.recorder.arrived.wait(runtime::SystemClock().now() + 20s);
      EXPECT_TRUE(told);
      resumed = !told || levels(h.recorder).back() == OutputLevel::kFull;
    }
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
  });
  EXPECT_EQ(levels(harness.recorder).back(), OutputLevel::kFull);
  EXPECT_TRUE(harness.recorder.all<TranscriptFailed>().empty());
}

}  // namespace
}  // namespace parley::conversation
