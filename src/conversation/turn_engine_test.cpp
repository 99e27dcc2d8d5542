// SPDX-License-Identifier: Apache-2.0
#include "conversation/turn_engine.hpp"

#include "conversation/testing/random_events.hpp"

#include <algorithm>
#include <random>
#include <vector>

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

WordsChanged words(Completeness completeness, SampleIndex heard) {
  return {completeness, OverlapKind::kUnsure, heard};
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

class Endpointing : public ::testing::TestWithParam<EndpointCase> {};

TEST_P(Endpointing, WaitsAsLongAsTheWordsMayGoOn) {
  TurnEngine engine = listening();
  engine.on(words(GetParam().completeness, ms(2100)));
  engine.on(SpeechStopped{ms(2000)});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(2000) + GetParam().silence - 1}).empty());
  const auto actions = engine.on(AudioAdvanced{ms(2000) + GetParam().silence});
  const auto* ended = find<EndUtterance>(actions);
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(*ended, (EndUtterance{ms(2000), ms(2000) + GetParam().silence}));
  EXPECT_EQ(engine.state(), kProcessing);
}

INSTANTIATE_TEST_SUITE_P(
    ByCompleteness, Endpointing,
    ::testing::Values(EndpointCase{Completeness::kSure, TurnConfig{}.silence_sure},
                      EndpointCase{Completeness::kComplete, TurnConfig{}.silence_complete},
                      EndpointCase{Completeness::kUnsure, TurnConfig{}.silence_unsure},
                      EndpointCase{Completeness::kIncomplete, TurnConfig{}.silence_incomplete}));

TEST(TurnEngine, WaitsForARecogniserThatIsLate) {
  TurnEngine engine = listening();
  engine.on(words(Completeness::kSure, ms(1900)));
  engine.on(SpeechStopped{ms(2000)});
  const SampleIndex late = ms(2000) + TurnConfig{}.silence_unsure;
  EXPECT_TRUE(engine.on(AudioAdvanced{late}).empty()) << "what was said last may change everything";
  engine.on(words(Completeness::kIncomplete, ms(2000)));
  EXPECT_TRUE(engine.on(AudioAdvanced{late + ms(10)}).empty());
  engine.on(words(Completeness::kSure, ms(2000)));
  EXPECT_NE(find<EndUtterance>(engine.on(AudioAdvanced{late + ms(20)})), nullptr);
}

TEST(TurnEngine, WaitsNoLongerForARecogniserThatSaysNothingBeforeTheEnd) {
  TurnEngine engine = listening();
  engine.on(SpeechStopped{ms(2000)});
  EXPECT_NE(find<EndUtterance>(engine.on(AudioAdvanced{ms(2000) + TurnConfig{}.silence_unsure})), nullptr);
}

TEST(TurnEngine, GoesOnListeningWhenSpeechResumesInTime) {
  TurnEngine engine = listening();
  engine.on(SpeechStopped{ms(2000)});
  EXPECT_TRUE(engine.on(SpeechStarted{ms(2300)}).empty());
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(9000)}).empty());
  EXPECT_EQ(engine.state(), kListening);
}

TEST(TurnEngine, WaitsLongerForWhoPausedBefore) {
  TurnEngine engine = listening();
  engine.on(words(Completeness::kIncomplete, ms(2100)));
  engine.on(SpeechStopped{ms(2000)});
  engine.on(SpeechStarted{ms(2800)});
  engine.on(words(Completeness::kSure, ms(4100)));
  engine.on(SpeechStopped{ms(4000)});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(4999)}).empty());
  EXPECT_NE(find<EndUtterance>(engine.on(AudioAdvanced{ms(5000)})), nullptr);
  engine.on(OutputEnded{});
  engine.on(SpeechStarted{ms(9000)});
  engine.on(words(Completeness::kComplete, ms(9600)));
  engine.on(SpeechStopped{ms(9500)});
  const auto ended = engine.on(AudioAdvanced{ms(9500) + TurnConfig{}.silence_complete});
  EXPECT_NE(find<EndUtterance>(ended), nullptr) << "of another utterance";
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

TEST(TurnEngine, StopsAnAnswerInTheMakingWhenTheUserSpeaks) {
  TurnEngine engine = processing();
  engine.on(TranscriptReady{false});
  EXPECT_EQ(engine.on(SpeechStarted{ms(5000)}),
            (std::vector<TurnAction>{CancelResponse{CancelReason::kTurnDetected},
                                     ChangeState{kProcessing, kInterrupted},
                                     ChangeState{kInterrupted, kListening}, OpenUtterance{ms(5000)}}));
}

const std::vector<TurnAction> kInterrupts{CancelResponse{CancelReason::kTurnDetected},
                                          ChangeState{kSpeaking, kInterrupted},
                                          ChangeState{kInterrupted, kListening}, ConfirmUtterance{}};

// An answer over which the user began to speak at 5 s.
TurnEngine overlapped() {
  TurnEngine engine = speaking();
  EXPECT_EQ(engine.on(SpeechStarted{ms(5000)}),
            (std::vector<TurnAction>{SetOutput{OutputLevel::kDucked}, OpenUtterance{ms(5000), true}}));
  return engine;
}

TEST(TurnEngine, LowersTheAnswerThenPausesItThenIsInterruptedByWords) {
  TurnEngine engine = overlapped();
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(5150)}).empty());
  EXPECT_EQ(engine.on(AudioAdvanced{ms(5160)}), (std::vector<TurnAction>{SetOutput{OutputLevel::kPaused}}));
  EXPECT_TRUE(engine.on(WordsChanged{Completeness::kIncomplete, OverlapKind::kInterruption}).empty())
      << "the first words are often others in the end";
  EXPECT_EQ(engine.on(AudioAdvanced{ms(5000) + TurnConfig{}.interrupt_words}), kInterrupts);
  EXPECT_FALSE(engine.overlapped());
  engine.on(SpeechStopped{ms(6000)});
  const auto ended = engine.on(AudioAdvanced{ms(6000) + TurnConfig{}.silence_incomplete});
  ASSERT_NE(find<EndUtterance>(ended), nullptr);
  EXPECT_EQ(find<EndUtterance>(ended)->speech_end, ms(6000));
}

TEST(TurnEngine, LowersTheAnswerForASoundAndRaisesItWhenItWasNoSpeech) {
  TurnEngine engine = speaking();
  EXPECT_EQ(engine.on(SoundHeard{ms(5000), false}), std::vector<TurnAction>{SetOutput{OutputLevel::kDucked}});
  EXPECT_TRUE(engine.on(SoundHeard{ms(5200), false}).empty());
  const SampleIndex calm = ms(5200) + TurnConfig{}.calm_after;
  EXPECT_TRUE(engine.on(AudioAdvanced{calm - 1}).empty());
  EXPECT_EQ(engine.on(AudioAdvanced{calm}), std::vector<TurnAction>{SetOutput{OutputLevel::kFull}});
  EXPECT_FALSE(engine.overlapped());
  EXPECT_TRUE(engine.on(AudioAdvanced{calm + ms(1000)}).empty());
}

TEST(TurnEngine, PausesTheAnswerForASoundLikeAVoiceBeforeItIsSpeech) {
  TurnEngine engine = speaking();
  engine.on(SoundHeard{ms(5000), false});
  engine.on(SoundHeard{ms(5100), true});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(5159)}).empty());
  EXPECT_EQ(engine.on(AudioAdvanced{ms(5160)}), std::vector<TurnAction>{SetOutput{OutputLevel::kPaused}});
  EXPECT_EQ(engine.on(SpeechStarted{ms(5000)}), (std::vector<TurnAction>{OpenUtterance{ms(5000), true}}));
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(5300)}).empty()) << "it waits already";
}

TEST(TurnEngine, LetsTheAnswerPlayOverASoundThatGoesOn) {
  TurnEngine engine = speaking();
  std::vector<TurnAction> actions;
  for (SampleIndex now = ms(5000); now < ms(9000); now += ms(10)) {
    for (const TurnEvent& event : {TurnEvent(SoundHeard{now, true}), TurnEvent(AudioAdvanced{now})}) {
      std::ranges::copy(engine.on(event), std::back_inserter(actions));
    }
  }
  EXPECT_EQ(actions,
            (std::vector<TurnAction>{SetOutput{OutputLevel::kDucked}, SetOutput{OutputLevel::kPaused},
                                     SetOutput{OutputLevel::kFull}}));
  EXPECT_EQ(engine.on(SpeechStarted{ms(9000)}),
            (std::vector<TurnAction>{SetOutput{OutputLevel::kDucked}, OpenUtterance{ms(9000), true}}));
}

TEST(TurnEngine, HearsSoundsOnlyOverAnAnswerThatMayBeInterrupted) {
  for (TurnEngine engine :
       {TurnEngine({}), listening(), processing(), speaking({.interrupt_response = false}), overlapped()}) {
    EXPECT_TRUE(engine.on(SoundHeard{ms(5000), true}).empty());
  }
}

struct Tolerance {
  OverlapKind kind;
  SampleIndex most;
};

class OverlappingSpeech : public ::testing::TestWithParam<Tolerance> {};

TEST_P(OverlappingSpeech, InterruptsWhenItLasts) {
  TurnEngine engine = overlapped();
  engine.on(WordsChanged{Completeness::kIncomplete, GetParam().kind});
  engine.on(AudioAdvanced{ms(5000) + GetParam().most - 1});
  EXPECT_EQ(engine.state(), kSpeaking);
  EXPECT_EQ(engine.on(AudioAdvanced{ms(5000) + GetParam().most}), kInterrupts);
}

TEST_P(OverlappingSpeech, IsForgottenWhenItIsShort) {
  TurnEngine engine = overlapped();
  engine.on(WordsChanged{Completeness::kIncomplete, GetParam().kind});
  engine.on(AudioAdvanced{ms(5300)});
  engine.on(SpeechStopped{ms(5300)});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(5300) + TurnConfig{}.resume_after - 1}).empty());
  EXPECT_EQ(engine.on(AudioAdvanced{ms(5300) + TurnConfig{}.resume_after}),
            std::vector<TurnAction>{CloseOverlap{}});
  auto resumes = std::vector<TurnAction>{DropUtterance{}, SetOutput{OutputLevel::kFull}};
  EXPECT_EQ(engine.on(OverlapUnderstood{GetParam().kind}), resumes);
  EXPECT_EQ(engine.state(), kSpeaking);
  EXPECT_NE(find<OpenUtterance>(engine.on(SpeechStarted{ms(9000)})), nullptr);
}

INSTANTIATE_TEST_SUITE_P(ByKind, OverlappingSpeech,
                         ::testing::Values(Tolerance{OverlapKind::kNothing, TurnConfig{}.interrupt_wordless},
                                           Tolerance{OverlapKind::kUnsure, TurnConfig{}.interrupt_wordless},
                                           Tolerance{OverlapKind::kBackchannel,
                                                     TurnConfig{}.interrupt_backchannel}));

// A short word over an answer, understood only when it is over.
TurnEngine closed_overlap() {
  TurnEngine engine = overlapped();
  engine.on(SpeechStopped{ms(5300)});
  EXPECT_NE(find<CloseOverlap>(engine.on(AudioAdvanced{ms(5300) + TurnConfig{}.resume_after})), nullptr);
  return engine;
}

TEST(TurnEngine, IsInterruptedByAShortWord) {
  TurnEngine engine = closed_overlap();
  auto expected = kInterrupts;
  expected.emplace_back(ChangeState{kListening, kProcessing});
  expected.emplace_back(EndUtterance{ms(5300), ms(5300) + TurnConfig{}.resume_after});
  EXPECT_EQ(engine.on(OverlapUnderstood{OverlapKind::kInterruption}), expected);
}

// Its words are still being searched.
TurnEngine unjudged_overlap() {
  TurnEngine engine = closed_overlap();
  const SampleIndex resumes = ms(5300) + TurnConfig{}.resume_unjudged;
  EXPECT_TRUE(engine.on(AudioAdvanced{resumes - 1}).empty());
  EXPECT_EQ(engine.on(AudioAdvanced{resumes}), std::vector<TurnAction>{SetOutput{OutputLevel::kFull}});
  EXPECT_TRUE(engine.on(AudioAdvanced{resumes + 1}).empty());
  return engine;
}

TEST(TurnEngine, GoesOnWhenItTakesLongToUnderstandAShortWord) {
  TurnEngine engine = unjudged_overlap();
  EXPECT_EQ(engine.on(OverlapUnderstood{OverlapKind::kBackchannel}),
            std::vector<TurnAction>{DropUtterance{}});
  EXPECT_EQ(engine.state(), kSpeaking);
}

TEST(TurnEngine, IsInterruptedByAShortWordThatIsUnderstoodLate) {
  TurnEngine engine = unjudged_overlap();
  engine.on(OverlapUnderstood{OverlapKind::kInterruption});
  EXPECT_EQ(engine.state(), kProcessing);
}

TEST(TurnEngine, IsLoweredForSpeechBehindAShortWordThatIsNotYetUnderstood) {
  TurnEngine engine = unjudged_overlap();
  EXPECT_EQ(engine.on(SpeechStarted{ms(5900)}), std::vector<TurnAction>{SetOutput{OutputLevel::kDucked}});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(6000)}).empty());
  EXPECT_EQ(engine.on(OverlapUnderstood{OverlapKind::kNothing}),
            (std::vector<TurnAction>{DropUtterance{}, SetOutput{OutputLevel::kFull},
                                     SetOutput{OutputLevel::kDucked}, OpenUtterance{ms(5900), true}}));
}

TEST(TurnEngine, IsInterruptedByManyOddWordsAlsoWithAPauseBetween) {
  TurnEngine at_once = overlapped();
  at_once.on(SpeechStopped{ms(5000) + TurnConfig{}.interrupt_said});
  at_once.on(AudioAdvanced{ms(6000)});
  at_once.on(OverlapUnderstood{OverlapKind::kUnsure});
  EXPECT_EQ(at_once.state(), kProcessing);
  const SampleIndex again = ms(5300) + TurnConfig{}.goes_on_within;
  for (const SampleIndex start : {again, again + 1}) {
    TurnEngine engine = closed_overlap();  // 300 ms
    engine.on(OverlapUnderstood{OverlapKind::kUnsure});
    EXPECT_EQ(engine.state(), kSpeaking);
    engine.on(SpeechStarted{start});
    engine.on(SpeechStopped{start + TurnConfig{}.interrupt_said - ms(300)});
    engine.on(AudioAdvanced{start + ms(1000)});
    engine.on(OverlapUnderstood{OverlapKind::kUnsure});
    EXPECT_EQ(engine.state(), start == again ? kProcessing : kSpeaking);
  }
}

TEST(TurnEngine, HearsSpeechThatBeginsBeforeAWordIsUnderstood) {
  TurnEngine engine = closed_overlap();
  EXPECT_TRUE(engine.on(SpeechStarted{ms(5650)}).empty());
  EXPECT_EQ(engine.on(OverlapUnderstood{OverlapKind::kNothing}),
            (std::vector<TurnAction>{DropUtterance{}, SetOutput{OutputLevel::kFull},
                                     SetOutput{OutputLevel::kDucked}, OpenUtterance{ms(5650), true}}));
}

TEST(TurnEngine, AddsUpSpeechOverAnAnswerWithoutItsPauses) {
  TurnEngine engine = overlapped();
  engine.on(SpeechStopped{ms(5300)});
  engine.on(AudioAdvanced{ms(5450)});
  engine.on(SpeechStarted{ms(5450)});
  const SampleIndex enough = ms(5450) + TurnConfig{}.interrupt_wordless - ms(300);
  engine.on(AudioAdvanced{enough - 1});
  EXPECT_EQ(engine.state(), kSpeaking);
  engine.on(AudioAdvanced{enough});
  EXPECT_EQ(engine.state(), kListening);
}

TEST(TurnEngine, NeverPausesForABackchannel) {
  TurnEngine engine = overlapped();
  engine.on(WordsChanged{Completeness::kIncomplete, OverlapKind::kBackchannel});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(6400)}).empty());
}

TEST(TurnEngine, TakesWhatIsSaidAsTheAnswerEndsForTheNextTurn) {
  TurnEngine talking = overlapped();
  EXPECT_EQ(talking.on(OutputEnded{}),
            (std::vector<TurnAction>{ChangeState{kSpeaking, kIdle}, ChangeState{kIdle, kListening},
                                     ConfirmUtterance{}}));
  TurnEngine agreeing = overlapped();
  agreeing.on(WordsChanged{Completeness::kIncomplete, OverlapKind::kBackchannel});
  agreeing.on(SpeechStopped{ms(5300)});
  EXPECT_EQ(agreeing.on(OutputEnded{}),
            (std::vector<TurnAction>{ChangeState{kSpeaking, kIdle}, DropUtterance{}}));
}

TEST(TurnEngine, LetsAClientDecideAboutSpeechOverAnAnswer) {
  TurnEngine committed = overlapped();
  EXPECT_NE(find<EndUtterance>(committed.on(CommitRequested{ms(5400)})), nullptr);
  EXPECT_EQ(committed.state(), kProcessing);
  TurnEngine cleared = overlapped();
  EXPECT_EQ(cleared.on(ClearRequested{}),
            (std::vector<TurnAction>{DropUtterance{}, SetOutput{OutputLevel::kFull}}));
  EXPECT_TRUE(cleared.on(SoundHeard{ms(5410), true}).empty()) << "the rest of it";
  TurnEngine cancelled = overlapped();
  cancelled.on(CancelRequested{});
  EXPECT_EQ(cancelled.state(), kListening);
  TurnEngine typed = overlapped();
  EXPECT_NE(find<DropUtterance>(typed.on(ResponseRequested{})), nullptr);
  EXPECT_EQ(typed.state(), kProcessing);
}

TEST(TurnEngine, EndsAnUtteranceThatWouldNotEnd) {
  TurnEngine engine = listening({.max_utterance = ms(10'000)});
  EXPECT_TRUE(engine.on(AudioAdvanced{ms(11'000) - 1}).empty());
  const auto actions = engine.on(AudioAdvanced{ms(11'000)});
  const auto* ended = find<EndUtterance>(actions);
  ASSERT_NE(ended, nullptr);
  EXPECT_EQ(*ended, (EndUtterance{ms(11'000), ms(11'000)}));
  engine.on(TranscriptReady{false});
  EXPECT_EQ(engine.state(), kProcessing) << "it is answered like any other";
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

// What a session that obeys the engine has under way. It fails the test when the engine asks for what cannot
// be.
struct Obedient {
  SessionState state = kIdle;
  bool utterance = false;
  bool tentative = false;
  bool response = false;
  bool ended = false;
  OutputLevel level = OutputLevel::kFull;

  void act(const ChangeState& change) {
    ASSERT_EQ(change.from, state);
    ASSERT_TRUE(allowed(change.from, change.to));
    state = change.to;
  }
  void act(const OpenUtterance& open) {
    ASSERT_FALSE(utterance);
    utterance = true;
    tentative = open.tentative;
  }
  void act(const CloseOverlap&) { ASSERT_TRUE(utterance && tentative); }
  void act(const ConfirmUtterance&) {
    ASSERT_TRUE(utterance && tentative);
    tentative = false;
  }
  void act(const EndUtterance&) {
    ASSERT_TRUE(utterance && !tentative);
    utterance = false;
  }
  void act(const DropUtterance&) {
    ASSERT_TRUE(utterance);
    utterance = false;
  }
  void act(const StartResponse&) {
    ASSERT_FALSE(response);
    response = true;
    level = OutputLevel::kFull;
  }
  void act(const CancelResponse&) { response = false; }
  void act(const SetOutput& output) {
    ASSERT_NE(output.level, level);
    level = output.level;
  }
  void act(const Announce&) { act(StartResponse{}); }
  void act(const NoteSilence&) { ASSERT_EQ(state, kIdle); }
  void act(const WarnOfEnd&) {}
  void act(const EndSession&) {
    ASSERT_FALSE(ended);
    ended = true;
  }
};

// Any sequence of events: only legal changes, each starting where the last ended, at most one utterance open,
// an answer lowered or paused only under speech, and no answer started while another runs.
TEST(TurnEngine, KeepsItsPromisesUnderAnySequenceOfEvents) {
  for (unsigned seed = 0; seed < 10'000; ++seed) {
    std::mt19937 random(seed);
    TurnEngine engine(
        {.server_vad = seed % 3 != 0,
         .create_response = seed % 5 != 0,
         .interrupt_response = seed % 7 != 0,
         .patience = {.ask_after = ms(900), .end_after = ms(seed % 2 * 9000), .longest = ms(30'000)}});
    Obedient session;
    SampleIndex now = 0;
    for (int step = 0; step < 200; ++step) {
      now += ms(static_cast<SampleIndex>(random() % 400));
      const TurnEvent event = testing::random_event(random, now);
      // The session asks for a transcript once per utterance, and reports no output of no answer.
      if (std::holds_alternative<TranscriptReady>(event) && session.response) continue;
      if (std::holds_alternative<OutputStarted>(event) && !session.response) continue;
      if (std::holds_alternative<OutputEnded>(event) && session.level == OutputLevel::kPaused) continue;
      if (std::holds_alternative<OutputEnded>(event) || std::holds_alternative<Failed>(event)) {
        session.response = false;
        session.level = OutputLevel::kFull;
      }
      for (const TurnAction& action : engine.on(event)) {
        std::visit([&](const auto& each) { session.act(each); }, action);
        if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << ", step " << step;
      }
      ASSERT_EQ(engine.state(), session.state);
      ASSERT_EQ(engine.overlapped(), session.utterance && session.tentative);
      ASSERT_TRUE(engine.state() == kSpeaking || !session.response || session.level == OutputLevel::kFull);
    }
  }
}

}  // namespace
}  // namespace parley::conversation
