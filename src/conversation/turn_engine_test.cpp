// SPDX-License-Identifier: Apache-2.0
#include "conversation/turn_engine.hpp"

#include <random>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using enum SessionState;

constexpr SampleIndex ms(SampleIndex n) { return n * kSamplesPerMs; }

template <class A>
const A* find(const std::vector<TurnAction>& actions) {
  for (const auto& action : actions) {
    if (const auto* found = std::get_if<A>(&action)) return found;
  }
  return nullptr;
}

// An engine in the middle of speech that began at 1 s.
TurnEngine listening(TurnConfig config = {}) {
  TurnEngine engine(config);
  engine.on(SpeechStarted{ms(1000)});
  return engine;
}

TurnEngine processing(TurnConfig config = {}) {
  TurnEngine engine = listening(config);
  engine.on(CommitRequested{ms(2000)});
  return engine;
}

TurnEngine speaking(TurnConfig config = {}) {
  TurnEngine engine = processing(config);
  engine.on(TranscriptReady{false});
  engine.on(OutputStarted{});
  return engine;
}

TEST(TurnEngine, OpensAnUtteranceWhenSpeechStarts) {
  TurnEngine engine({});
  const auto actions = engine.on(SpeechStarted{ms(1000)});
  EXPECT_EQ(actions, (std::vector<TurnAction>{ChangeState{kIdle, kListening}, OpenUtterance{ms(1000)}}));
}

struct EndpointCase {
  Completeness completeness;
  SampleIndex silence;
};

class Endpointing : public testing::TestWithParam<EndpointCase> {};

TEST_P(Endpointing, WaitsAsLongAsTheWordsMayGoOn) {
  TurnEngine engine = listening();
  engine.on(WordsChanged{GetParam().completeness});
  engine.on(SpeechStopped{ms(2000)});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(2000) + GetParam().silence - 1}).empty());
  const auto actions = engine.on(AudioAdvanced{ms(2000) + GetParam().silence});
  const auto* ended = find<EndUtterance>(actions);
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(*ended, (EndUtterance{ms(2000), ms(2000) + GetParam().silence}));
  EXPECT_EQ(engine.state(), kProcessing);
}

INSTANTIATE_TEST_SUITE_P(ByCompleteness, Endpointing,
                         testing::Values(EndpointCase{Completeness::kComplete, TurnConfig{}.silence_complete},
                                         EndpointCase{Completeness::kUnsure, TurnConfig{}.silence_unsure},
                                         EndpointCase{Completeness::kIncomplete,
                                                      TurnConfig{}.silence_incomplete}));

TEST(TurnEngine, GoesOnListeningWhenSpeechResumesInTime) {
  TurnEngine engine = listening();
  engine.on(SpeechStopped{ms(2000)});
  EXPECT_TRUE(engine.on(SpeechStarted{ms(2300)}).empty());
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(9000)}).empty());
  EXPECT_EQ(engine.state(), kListening);
}

TEST(TurnEngine, EndsAnUtteranceThatNeverPauses) {
  TurnEngine engine = listening();
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(60'999)}).empty());
  EXPECT_NE(find<EndUtterance>(engine.on(AudioAdvanced{ms(61'000)})), nullptr);
}

TEST(TurnEngine, LeavesTheEndToTheClientWithoutServerVad) {
  TurnEngine engine = listening({.server_vad = false});
  engine.on(SpeechStopped{ms(2000)});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(50'000)}).empty());
  EXPECT_NE(find<EndUtterance>(engine.on(CommitRequested{ms(50'000)})), nullptr);
}

TEST(TurnEngine, DropsAnUtteranceWithoutWords) {
  TurnEngine engine = processing();
  EXPECT_EQ(engine.on(TranscriptReady{true}), (std::vector<TurnAction>{ChangeState{kProcessing, kIdle}}));
}

TEST(TurnEngine, StopsTheAnswerWhenTheUserSpeaks) {
  TurnEngine engine = speaking();
  EXPECT_EQ(engine.on(SpeechStarted{ms(5000)}),
            (std::vector<TurnAction>{CancelResponse{CancelReason::kTurnDetected},
                                     ChangeState{kSpeaking, kInterrupted},
                                     ChangeState{kInterrupted, kListening}, OpenUtterance{ms(5000)}}));
}

TEST(TurnEngine, LetsTheAnswerPlayWhenInterruptionIsOff) {
  TurnEngine engine = speaking({.interrupt_response = false});
  EXPECT_TRUE(engine.on(SpeechStarted{ms(5000)}).empty());
  EXPECT_EQ(engine.state(), kSpeaking);
}

TEST(TurnEngine, CancelsOnRequestOnlyWhatRuns) {
  TurnEngine idle({});
  EXPECT_TRUE(idle.on(CancelRequested{}).empty());
  TurnEngine engine = speaking();
  EXPECT_NE(find<CancelResponse>(engine.on(CancelRequested{})), nullptr);
  EXPECT_EQ(engine.state(), kIdle);
}

TEST(TurnEngine, IsReadyAgainAfterAFailure) {
  for (TurnEngine engine : {TurnEngine({}), listening(), processing(), speaking()}) {
    engine.on(Failed{});
    EXPECT_EQ(engine.state(), kIdle);
    engine.on(SpeechStarted{ms(9000)});
    EXPECT_EQ(engine.state(), kListening);
  }
}

TEST(TurnEngine, AnswersATypedQuestionFromAnyState) {
  for (TurnEngine engine : {TurnEngine({}), listening(), processing(), speaking()}) {
    const auto actions = engine.on(ResponseRequested{});
    EXPECT_NE(find<StartResponse>(actions), nullptr);
    EXPECT_EQ(engine.state(), kProcessing);
  }
}

// Any sequence of events: only legal changes, each starting where the last ended, at most one utterance open,
// and no answer started while another runs.
TEST(TurnEngine, KeepsItsPromisesUnderAnySequenceOfEvents) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    std::mt19937 random(seed);
    TurnEngine engine({.server_vad = seed % 3 != 0, .create_response = seed % 5 != 0});
    SessionState state = kIdle;
    bool utterance = false;
    bool response = false;
    SampleIndex now = 0;
    for (int step = 0; step < 200; ++step) {
      now += ms(static_cast<SampleIndex>(random() % 400));
      const TurnEvent events[] = {SpeechStarted{now},
                                  SpeechStopped{now},
                                  AudioAdvanced{now},
                                  WordsChanged{static_cast<Completeness>(random() % 3)},
                                  CommitRequested{now},
                                  ClearRequested{},
                                  TranscriptReady{random() % 4 == 0},
                                  ResponseRequested{},
                                  OutputStarted{},
                                  OutputEnded{},
                                  CancelRequested{},
                                  Failed{}};
      const TurnEvent& event = events[random() % std::size(events)];
      // The session asks for a transcript once per utterance and reports the end of an answer once.
      if (std::holds_alternative<TranscriptReady>(event) && response) continue;
      const bool ends_response =
          std::holds_alternative<OutputEnded>(event) || std::holds_alternative<Failed>(event);
      for (const TurnAction& action : engine.on(event)) {
        if (const auto* change = std::get_if<ChangeState>(&action)) {
          ASSERT_EQ(change->from, state) << "seed " << seed;
          ASSERT_TRUE(allowed(change->from, change->to)) << "seed " << seed;
          state = change->to;
        } else if (std::holds_alternative<OpenUtterance>(action)) {
          ASSERT_FALSE(utterance) << "seed " << seed;
          utterance = true;
        } else if (std::holds_alternative<EndUtterance>(action) ||
                   std::holds_alternative<DropUtterance>(action)) {
          ASSERT_TRUE(utterance) << "seed " << seed;
          utterance = false;
        } else if (std::holds_alternative<StartResponse>(action)) {
          ASSERT_FALSE(response) << "seed " << seed;
          response = true;
        } else if (std::holds_alternative<CancelResponse>(action)) {
          response = false;
        }
      }
      if (ends_response) response = false;
      ASSERT_EQ(engine.state(), state);
    }
  }
}

}  // namespace
}  // namespace parley::conversation
