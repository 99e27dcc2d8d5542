// SPDX-License-Identifier: Apache-2.0
#include "conversation/turn_engine.hpp"

#include <stdexcept>
#include <string>

namespace parley::conversation {

using enum SessionState;

std::vector<TurnAction> TurnEngine::on(const TurnEvent& event) {
  Actions actions;
  std::visit([&](const auto& each) { handle(each, actions); }, event);
  return actions;
}

// The one place where the state changes.
void TurnEngine::change(SessionState to, Actions& actions) {
  if (state_ == to) return;
  if (!allowed(state_, to)) {
    throw std::logic_error("turn engine: no way from " + std::string(name(state_)) + " to " +
                           std::string(name(to)));
  }
  actions.push_back(ChangeState{state_, to});
  state_ = to;
}

void TurnEngine::open(SampleIndex at, Actions& actions) {
  change(kListening, actions);
  opened_at_ = at;
  silent_since_.reset();
  completeness_ = Completeness::kUnsure;
  actions.push_back(OpenUtterance{at});
}

void TurnEngine::end(SampleIndex at, Actions& actions) {
  const SampleIndex speech_end = silent_since_.value_or(at);
  change(kProcessing, actions);
  actions.push_back(EndUtterance{speech_end, at});
}

SampleIndex TurnEngine::required_silence() const {
  switch (completeness_) {
    case Completeness::kComplete:
      return config_.silence_complete;
    case Completeness::kUnsure:
      return config_.silence_unsure;
    case Completeness::kIncomplete:
      return config_.silence_incomplete;
  }
  return config_.silence_unsure;
}

void TurnEngine::handle(const SpeechStarted& event, Actions& actions) {
  switch (state_) {
    case kListening:
      silent_since_.reset();
      return;
    case kIdle:
      open(event.at, actions);
      return;
    case kProcessing:
    case kSpeaking:
      if (!config_.interrupt_response) return;
      actions.push_back(CancelResponse{CancelReason::kTurnDetected});
      change(kInterrupted, actions);
      open(event.at, actions);
      return;
    case kInterrupted:
    case kError:
      return;
  }
}

void TurnEngine::handle(const SpeechStopped& event, Actions&) {
  if (state_ == kListening) silent_since_ = event.at;
}

void TurnEngine::handle(const AudioAdvanced& event, Actions& actions) {
  if (state_ != kListening || !config_.server_vad) return;
  const bool silent_enough = silent_since_ && event.at - *silent_since_ >= required_silence();
  const bool too_long = event.at - opened_at_ >= config_.max_utterance;
  if (silent_enough || too_long) end(event.at, actions);
}

void TurnEngine::handle(const WordsChanged& event, Actions&) {
  if (state_ == kListening) completeness_ = event.completeness;
}

void TurnEngine::handle(const CommitRequested& event, Actions& actions) {
  if (state_ == kListening) end(event.at, actions);
}

void TurnEngine::handle(const ClearRequested&, Actions& actions) {
  if (state_ != kListening) return;
  actions.push_back(DropUtterance{});
  change(kIdle, actions);
}

void TurnEngine::handle(const TranscriptReady& event, Actions& actions) {
  if (state_ != kProcessing) return;
  if (event.empty || !config_.create_response) {
    change(kIdle, actions);
  } else {
    actions.push_back(StartResponse{});
  }
}

void TurnEngine::handle(const ResponseRequested&, Actions& actions) {
  if (state_ == kProcessing || state_ == kSpeaking) {
    actions.push_back(CancelResponse{CancelReason::kClientCancelled});
    change(kInterrupted, actions);
  }
  if (state_ == kListening) {
    actions.push_back(DropUtterance{});
  } else {
    change(kListening, actions);
  }
  change(kProcessing, actions);
  actions.push_back(StartResponse{});
}

void TurnEngine::handle(const OutputStarted&, Actions& actions) {
  if (state_ == kProcessing) change(kSpeaking, actions);
}

void TurnEngine::handle(const OutputEnded&, Actions& actions) {
  if (state_ == kSpeaking || state_ == kProcessing) change(kIdle, actions);
}

void TurnEngine::handle(const CancelRequested&, Actions& actions) {
  if (state_ != kProcessing && state_ != kSpeaking) return;
  actions.push_back(CancelResponse{CancelReason::kClientCancelled});
  change(kIdle, actions);
}

// A failed turn shows as an error and leaves the session ready for the next one.
void TurnEngine::handle(const Failed&, Actions& actions) {
  if (state_ == kListening) actions.push_back(DropUtterance{});
  change(kError, actions);
  change(kIdle, actions);
}

}  // namespace parley::conversation
