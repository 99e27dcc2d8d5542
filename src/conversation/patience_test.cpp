// SPDX-License-Identifier: Apache-2.0
#include "conversation/turn_engine.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using enum SessionState;
using Actions = std::vector<TurnAction>;

constexpr SampleIndex s(SampleIndex n) { return n * 1000 * kSamplesPerMs; }

TurnConfig patient() {
  TurnConfig config;
  config.patience = {.ask_after = s(10), .end_after = s(60), .longest = s(600), .warn_before = s(60)};
  return config;
}

// An engine that has answered once, to the end of which 20 s had passed.
TurnEngine answered(TurnConfig config = patient()) {
  TurnEngine engine(config);
  engine.on(ClockAdvanced{s(20)});
  engine.on(ResponseRequested{});
  engine.on(OutputStarted{});
  engine.on(OutputEnded{});
  return engine;
}

const Actions kAsk = {NoteSilence{s(10)}, ChangeState{kIdle, kListening},
                      ChangeState{kListening, kProcessing}, Announce{Announcement::kStillThere}};

void finish_answer(TurnEngine& engine) {
  engine.on(OutputStarted{});
  engine.on(OutputEnded{});
}

TEST(Patience, AsksOnceWhetherSomebodyIsThere) {
  TurnEngine engine = answered();
  EXPECT_EQ(engine.due(), s(30));
  EXPECT_TRUE(engine.on(ClockAdvanced{s(30) - 1}).empty());
  EXPECT_EQ(engine.on(ClockAdvanced{s(30)}), kAsk);
  finish_answer(engine);
  EXPECT_TRUE(engine.on(ClockAdvanced{s(79)}).empty());
  EXPECT_EQ(engine.due(), s(80)) << "its own question does not break the silence";
  EXPECT_EQ(engine.on(ClockAdvanced{s(80)}), Actions{EndSession{SessionEnd::kSilence}});
  EXPECT_TRUE(engine.on(ClockAdvanced{s(10'000)}).empty());
  EXPECT_EQ(engine.due(), Patience::kNever);
}

TEST(Patience, AsksNobodyWhoWasToldNothing) {
  TurnEngine engine(patient());
  EXPECT_TRUE(engine.on(ClockAdvanced{s(59)}).empty());
  EXPECT_EQ(engine.on(ClockAdvanced{s(60)}), Actions{EndSession{SessionEnd::kSilence}});
}

TEST(Patience, AsksAgainAfterTheUserHasSpoken) {
  TurnEngine engine = answered();
  EXPECT_EQ(engine.on(ClockAdvanced{s(30)}), kAsk);
  finish_answer(engine);
  engine.on(SpeechStarted{s(32)});
  engine.on(CommitRequested{s(33)});
  engine.on(TranscriptReady{false});
  engine.on(ClockAdvanced{s(35)});
  finish_answer(engine);
  EXPECT_EQ(engine.on(ClockAdvanced{s(45)}), kAsk);
}

TEST(Patience, IsNotRestoredByNoise) {
  TurnEngine engine = answered();
  engine.on(SpeechStarted{s(25)});
  EXPECT_TRUE(engine.on(ClockAdvanced{s(31)}).empty()) << "somebody may be speaking";
  engine.on(CommitRequested{s(32)});
  const auto actions = engine.on(TranscriptReady{true});
  EXPECT_EQ(actions.at(1), TurnAction{NoteSilence{s(11)}});
}

TEST(Patience, AQuestionThatIsInterruptedByWordsIsAnswered) {
  TurnEngine engine = answered();
  engine.on(ClockAdvanced{s(30)});
  engine.on(OutputStarted{});
  engine.on(SpeechStarted{s(31)});
  engine.on(WordsChanged{Completeness::kComplete, OverlapKind::kInterruption});
  engine.on(AudioAdvanced{s(31) + TurnConfig{}.interrupt_words});
  EXPECT_EQ(engine.state(), kListening);
  engine.on(CommitRequested{s(32)});
  const auto actions = engine.on(TranscriptReady{false});
  EXPECT_EQ(actions, Actions{StartResponse{}});
  EXPECT_GT(engine.due(), s(39));
}

TEST(Patience, EndsWithTheSessionsTimeAfterAWarning) {
  TurnConfig config = patient();
  config.patience.end_after = 0;
  config.patience.ask_after = 0;
  TurnEngine engine = answered(config);
  EXPECT_EQ(engine.due(), s(540));
  EXPECT_EQ(engine.on(ClockAdvanced{s(540)}), Actions{WarnOfEnd{s(60)}});
  EXPECT_EQ(engine.due(), s(600));
  EXPECT_EQ(engine.on(ClockAdvanced{s(600)}), Actions{EndSession{SessionEnd::kTime}});
}

TEST(Patience, WarnsAloudOnlyIntoSilence) {
  TurnConfig config = patient();
  config.patience.end_after = 0;
  config.patience.warn_aloud = true;
  TurnEngine idle(config);
  EXPECT_EQ(idle.on(ClockAdvanced{s(541)}).back(), TurnAction{Announce{Announcement::kEndsSoon}});
  TurnEngine listening(config);
  listening.on(SpeechStarted{s(540)});
  EXPECT_EQ(listening.on(ClockAdvanced{s(541)}), Actions{WarnOfEnd{s(59)}});
}

TEST(Patience, ATurnUnderWayIsFinishedWithinItsGrace) {
  TurnConfig config = patient();
  config.patience.end_after = 0;
  config.patience.ask_after = 0;
  TurnEngine engine = answered(config);
  engine.on(ClockAdvanced{s(540)});
  engine.on(ResponseRequested{});
  engine.on(OutputStarted{});
  EXPECT_TRUE(engine.on(ClockAdvanced{s(610)}).empty());
  TurnEngine endless = engine;
  EXPECT_EQ(engine.on(OutputEnded{}).back(), TurnAction{EndSession{SessionEnd::kTime}});
  EXPECT_EQ(endless.due(), s(660));
  EXPECT_EQ(endless.on(ClockAdvanced{s(660)}), Actions{EndSession{SessionEnd::kTime}});
}

TEST(Patience, AFailureToAskIsNoAnswer) {
  TurnEngine engine = answered();
  EXPECT_EQ(engine.on(ClockAdvanced{s(30)}), kAsk);
  engine.on(Failed{});
  EXPECT_TRUE(engine.on(ClockAdvanced{s(79)}).empty());
  EXPECT_EQ(engine.on(ClockAdvanced{s(80)}), Actions{EndSession{SessionEnd::kSilence}});
}

TEST(Patience, GreetsUnlessTheUserWasFaster) {
  TurnEngine engine(patient());
  EXPECT_EQ(engine.on(GreetingRequested{}).back(), TurnAction{Announce{Announcement::kGreeting}});
  finish_answer(engine);
  EXPECT_EQ(engine.due(), s(10)) << "who was greeted is told something";
  TurnEngine listening(patient());
  listening.on(SpeechStarted{s(1)});
  EXPECT_TRUE(listening.on(GreetingRequested{}).empty());
}

}  // namespace
}  // namespace parley::conversation
