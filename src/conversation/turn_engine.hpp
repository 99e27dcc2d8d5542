// SPDX-License-Identifier: Apache-2.0
// The turn engine: a pure state machine. Events with sample-index time go in, actions come out; no I/O, no
// clock, no threads, so that a recorded trace replays bit for bit.
#pragma once

#include "conversation/endpointing.hpp"
#include "conversation/state.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace parley::conversation {

// Time is the index of an input sample at 16 kHz since the session began.
using SampleIndex = std::int64_t;

inline constexpr SampleIndex kSamplesPerMs = 16;

struct TurnConfig {
  bool server_vad = true;          // false: only Commit ends an utterance (push to talk)
  bool create_response = true;     // answer by itself at the end of an utterance
  bool interrupt_response = true;  // speech stops an answer
  SampleIndex silence_complete = 360 * kSamplesPerMs;
  SampleIndex silence_unsure = 720 * kSamplesPerMs;
  SampleIndex silence_incomplete = 2200 * kSamplesPerMs;
  SampleIndex max_utterance = 60'000 * kSamplesPerMs;
};

// What happened.
struct SpeechStarted {
  SampleIndex at;
};
struct SpeechStopped {
  SampleIndex at;
};  // the last sample of speech, known a little later
struct AudioAdvanced {
  SampleIndex at;
};  // input has arrived up to here
struct WordsChanged {
  Completeness completeness;
};
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
using TurnEvent =
    std::variant<SpeechStarted, SpeechStopped, AudioAdvanced, WordsChanged, CommitRequested, ClearRequested,
                 TranscriptReady, ResponseRequested, OutputStarted, OutputEnded, CancelRequested, Failed>;

enum class CancelReason : std::uint8_t { kTurnDetected, kClientCancelled };

// What to do about it, in order.
struct ChangeState {
  SessionState from, to;
  bool operator==(const ChangeState&) const = default;
};
struct OpenUtterance {
  SampleIndex at;
  bool operator==(const OpenUtterance&) const = default;
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
using TurnAction =
    std::variant<ChangeState, OpenUtterance, EndUtterance, DropUtterance, StartResponse, CancelResponse>;

class TurnEngine {
 public:
  explicit TurnEngine(TurnConfig config) : config_(config) {}

  std::vector<TurnAction> on(const TurnEvent& event);

  SessionState state() const { return state_; }
  const TurnConfig& config() const { return config_; }
  // Takes effect from the next event on; an utterance under way goes on under the new rules.
  void configure(TurnConfig config) { config_ = config; }

 private:
  using Actions = std::vector<TurnAction>;
  void handle(const SpeechStarted& event, Actions& actions);
  void handle(const SpeechStopped& event, Actions& actions);
  void handle(const AudioAdvanced& event, Actions& actions);
  void handle(const WordsChanged& event, Actions& actions);
  void handle(const CommitRequested& event, Actions& actions);
  void handle(const ClearRequested& event, Actions& actions);
  void handle(const TranscriptReady& event, Actions& actions);
  void handle(const ResponseRequested& event, Actions& actions);
  void handle(const OutputStarted& event, Actions& actions);
  void handle(const OutputEnded& event, Actions& actions);
  void handle(const CancelRequested& event, Actions& actions);
  void handle(const Failed& event, Actions& actions);

  void change(SessionState to, Actions& actions);
  void open(SampleIndex at, Actions& actions);
  void end(SampleIndex at, Actions& actions);
  SampleIndex required_silence() const;

  TurnConfig config_;
  SessionState state_ = SessionState::kIdle;
  SampleIndex opened_at_ = 0;
  std::optional<SampleIndex> silent_since_;
  Completeness completeness_ = Completeness::kUnsure;
};

}  // namespace parley::conversation
