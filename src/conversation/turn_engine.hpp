// SPDX-License-Identifier: Apache-2.0
// The turn engine: a pure state machine. Events with sample-index time go in, actions come out; no I/O, no
// clock, no threads, so that a recorded trace replays bit for bit.
#pragma once

#include "conversation/endpointing.hpp"
#include "conversation/overlap.hpp"
#include "conversation/patience.hpp"
#include "conversation/state.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace parley::conversation {

struct TurnConfig {
  bool server_vad = true;          // false: only Commit ends an utterance (push to talk)
  bool create_response = true;     // answer by itself at the end of an utterance
  bool interrupt_response = true;  // speech stops an answer
  SampleIndex silence_sure = 220 * kSamplesPerMs;
  SampleIndex silence_complete = 290 * kSamplesPerMs;
  SampleIndex silence_unsure = 720 * kSamplesPerMs;
  SampleIndex silence_incomplete = 2200 * kSamplesPerMs;
  // Who has paused within this utterance may pause that long again, and this share more.
  int pause_margin_percent = 25;
  SampleIndex max_utterance = 60'000 * kSamplesPerMs;
  // A sound while an answer plays makes it quieter at once; whether it is speech, and whether that
  // interrupts, is found out meanwhile.
  SampleIndex pause_after = 160 * kSamplesPerMs;             // of speech: the answer waits
  SampleIndex interrupt_words = 1300 * kSamplesPerMs;        // of speech whose words want the turn
  SampleIndex interrupt_said = 650 * kSamplesPerMs;          // of such words that are over,
  SampleIndex goes_on_within = 1500 * kSamplesPerMs;         // also when they went on after so much silence
  SampleIndex interrupt_wordless = 1300 * kSamplesPerMs;     // of speech without words, or a few odd ones
  SampleIndex interrupt_backchannel = 1500 * kSamplesPerMs;  // of "yes, right, I see, okay"
  SampleIndex resume_after = 200 * kSamplesPerMs;            // of silence: it was none
  SampleIndex resume_unjudged = 400 * kSamplesPerMs;         // of silence: whatever its words may be
  SampleIndex calm_after = 150 * kSamplesPerMs;              // of silence after a sound that was no speech,
  SampleIndex stir_most = 1000 * kSamplesPerMs;  // or of such a sound: it is none of the listener's
  PatienceConfig patience = {};
};

// What happened.
struct SpeechStarted {
  SampleIndex at;
};
struct SpeechStopped {
  SampleIndex at;
};  // the last sample of speech, known a little later
struct SoundHeard {
  SampleIndex at;
  bool voiced;
};  // what may turn out to be speech, up to here
struct AudioAdvanced {
  SampleIndex at;
};  // input has arrived up to here
struct WordsChanged {
  Completeness completeness;
  OverlapKind overlap = OverlapKind::kUnsure;  // what they are when they are said over an answer
  SampleIndex heard = 0;                       // the recogniser has heard the input up to here
};
struct OverlapUnderstood {
  OverlapKind kind;
};  // all that was said over an answer, after CloseOverlap
struct CommitRequested {
  SampleIndex at;
};
struct ClearRequested {};
struct TranscriptReady {
  bool empty;
};
struct ResponseRequested {};  // typed text, or a client that asks by itself
struct OutputStarted {};      // the first audio or text of the answer went out
struct OutputEnded {};        // the answer has been played, or was text and is complete
struct CancelRequested {};
struct Failed {};
struct ClockAdvanced {
  SampleIndex at;  // of the session's clock, not of its audio
};
struct GreetingRequested {};  // nothing comes of it once the user was faster
using TurnEvent =
    std::variant<SpeechStarted, SpeechStopped, SoundHeard, AudioAdvanced, WordsChanged, OverlapUnderstood,
                 CommitRequested, ClearRequested, TranscriptReady, ResponseRequested, OutputStarted,
                 OutputEnded, CancelRequested, Failed, ClockAdvanced, GreetingRequested>;

enum class CancelReason : std::uint8_t { kTurnDetected, kClientCancelled };

// What to do about it, in order.
struct ChangeState {
  SessionState from, to;
  bool operator==(const ChangeState&) const = default;
};
struct OpenUtterance {
  SampleIndex at;
  bool tentative = false;  // said over an answer: nobody hears of it before it is confirmed
  bool operator==(const OpenUtterance&) const = default;
};
// What was said over an answer is over: find out what it was.
struct CloseOverlap {
  bool operator==(const CloseOverlap&) const = default;
};
struct ConfirmUtterance {
  bool operator==(const ConfirmUtterance&) const = default;
};
struct EndUtterance {
  SampleIndex speech_end;  // last sample of speech
  SampleIndex endpoint;    // where the decision fell
  bool operator==(const EndUtterance&) const = default;
};
struct DropUtterance {
  bool operator==(const DropUtterance&) const = default;
};
struct StartResponse {
  bool operator==(const StartResponse&) const = default;
};
struct CancelResponse {
  CancelReason reason;
  bool operator==(const CancelResponse&) const = default;
};
// An answer that answers nothing.
struct Announce {
  Announcement what;
  bool operator==(const Announce&) const = default;
};
// Before it is asked whether somebody is there.
struct NoteSilence {
  SampleIndex length;
  bool operator==(const NoteSilence&) const = default;
};
struct WarnOfEnd {
  SampleIndex left;
  bool operator==(const WarnOfEnd&) const = default;
};
// The last action but those that end what is under way.
struct EndSession {
  SessionEnd reason;
  bool operator==(const EndSession&) const = default;
};
// How the answer is to be played from now on.
struct SetOutput {
  OutputLevel level;
  bool operator==(const SetOutput&) const = default;
};
using TurnAction =
    std::variant<ChangeState, OpenUtterance, CloseOverlap, ConfirmUtterance, EndUtterance, DropUtterance,
                 StartResponse, CancelResponse, SetOutput, Announce, NoteSilence, WarnOfEnd, EndSession>;

class TurnEngine {
 public:
  explicit TurnEngine(TurnConfig config) : config_(config) {}

  std::vector<TurnAction> on(const TurnEvent& event);

  SessionState state() const { return state_; }
  // Speech over an answer of which it is not known yet whether it interrupts.
  bool overlapped() const { return overlap_.has_value(); }
  // Silence after words that may be all.
  bool likely_over() const {
    return state_ == SessionState::kListening && silent_since_ && !late() &&
           completeness_ != Completeness::kIncomplete;
  }
  // By the session's clock, when it is to be told the time at the latest.
  SampleIndex due() const { return patience_.due(config_.patience, state_ == SessionState::kIdle); }
  const TurnConfig& config() const { return config_; }
  // Takes effect from the next event on; an utterance under way goes on under the new rules.
  void configure(TurnConfig config) { config_ = config; }

 private:
  using Actions = std::vector<TurnAction>;
  void handle(const SpeechStarted& event, Actions& actions);
  void handle(const SpeechStopped& event, Actions& actions);
  void handle(const SoundHeard& event, Actions& actions);
  void handle(const AudioAdvanced& event, Actions& actions);
  void handle(const WordsChanged& event, Actions& actions);
  void handle(const OverlapUnderstood& event, Actions& actions);
  void handle(const CommitRequested& event, Actions& actions);
  void handle(const ClearRequested& event, Actions& actions);
  void handle(const TranscriptReady& event, Actions& actions);
  void handle(const ResponseRequested& event, Actions& actions);
  void handle(const OutputStarted& event, Actions& actions);
  void handle(const OutputEnded& event, Actions& actions);
  void handle(const CancelRequested& event, Actions& actions);
  void handle(const Failed& event, Actions& actions);
  void handle(const ClockAdvanced& event, Actions& actions);
  void handle(const GreetingRequested& event, Actions& actions);

  void change(SessionState to, Actions& actions);
  void open(SampleIndex at, Actions& actions);
  void end(SampleIndex at, Actions& actions);
  // The recogniser has not heard yet what was said last.
  bool late() const { return heard_ && silent_since_ && *heard_ < *silent_since_; }
  SampleIndex required_silence() const;
  void decide_stir(SampleIndex now, Actions& actions);
  void overlap(SampleIndex at, Actions& actions);
  void overlap_again(std::optional<SampleIndex> at, Actions& actions);
  void decide_overlap(SampleIndex now, Actions& actions);
  void go_on_unjudged(SampleIndex now, Actions& actions);
  void interrupt(Actions& actions);
  void adopt_overlap(Actions& actions);
  void forget_overlap(Actions& actions);
  SampleIndex tolerated() const;
  void be_patient(Actions& actions);
  void announce(Announcement what, Actions& actions);

  struct Overlap {
    SampleIndex since = 0;                    // of the speech under way
    SampleIndex spoken = 0;                   // before the last silence
    std::optional<SampleIndex> silent_since;  // no speech since then
    OverlapKind kind = OverlapKind::kNothing;
    bool paused = false;               // the output, which is ducked from the start
    bool closed = false;               // it is being found out what it was
    bool resumed = false;              // and that takes so long that the answer goes on meanwhile
    std::optional<SampleIndex> again;  // speech that began meanwhile
  };

  // A sound over an answer that is not known to be speech.
  struct Stir {
    SampleIndex since;
    SampleIndex last;
    bool voiced = false;
    OutputLevel level = OutputLevel::kDucked;  // full again when it does not count
  };

  TurnConfig config_;
  SessionState state_ = SessionState::kIdle;
  SampleIndex opened_at_ = 0;
  std::optional<SampleIndex> silent_since_;
  SampleIndex longest_pause_ = 0;  // within the utterance
  Completeness completeness_ = Completeness::kUnsure;
  std::optional<SampleIndex> heard_;  // the recogniser's words hold what was said up to here
  std::optional<Stir> stir_;          // only while speaking
  std::optional<Overlap> overlap_;    // likewise, and instead of it
  std::optional<Overlap> odd_;        // likewise: the last, when it was not understood
  Patience patience_;
  std::optional<Announcement> announcing_;  // in the place of an answer
};

}  // namespace parley::conversation
