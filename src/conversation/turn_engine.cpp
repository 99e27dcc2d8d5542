// SPDX-License-Identifier: Apache-2.0
#include "conversation/turn_engine.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace parley::conversation {

using enum SessionState;

std::vector<TurnAction> TurnEngine::on(const TurnEvent& event) {
  Actions actions;
  std::visit([&](const auto& each) { handle(each, actions); }, event);
  be_patient(actions);
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
  stir_.reset();
  odd_.reset();
  if (to == kListening) announcing_.reset();
}

void TurnEngine::open(SampleIndex at, Actions& actions) {
  change(kListening, actions);
  opened_at_ = at;
  silent_since_.reset();
  longest_pause_ = 0;
  completeness_ = Completeness::kUnsure;
  heard_.reset();
  actions.push_back(OpenUtterance{at});
}

void TurnEngine::end(SampleIndex at, Actions& actions) {
  const SampleIndex speech_end = silent_since_.value_or(at);
  change(kProcessing, actions);
  actions.push_back(EndUtterance{speech_end, at});
}

SampleIndex TurnEngine::required_silence() const {
  const SampleIndex most = config_.silence_incomplete;
  const SampleIndex own = std::min(longest_pause_ * (100 + config_.pause_margin_percent) / 100, most);
  if (late()) return most;
  switch (completeness_) {
    case Completeness::kSure:
      return std::max(config_.silence_sure, own);
    case Completeness::kComplete:
      return std::max(config_.silence_complete, own);
    case Completeness::kUnsure:
      return std::max(config_.silence_unsure, own);
    case Completeness::kIncomplete:
      return most;
  }
  return most;
}

// A sound over an answer lowers it, and has it wait once it seems to be a voice; but not for ever.
void TurnEngine::decide_stir(SampleIndex now, Actions& actions) {
  const OutputLevel before = stir_->level;
  const bool calm = now - stir_->last >= config_.calm_after;
  if (calm || now - stir_->since >= config_.stir_most) {
    stir_->level = OutputLevel::kFull;
  } else if (before == OutputLevel::kDucked && stir_->voiced && now - stir_->since >= config_.pause_after) {
    stir_->level = OutputLevel::kPaused;
  }
  if (stir_->level != before) actions.push_back(SetOutput{stir_->level});
  if (calm) stir_.reset();
}

// Speech began over an answer, or goes on after a silence.
void TurnEngine::overlap(SampleIndex at, Actions& actions) {
  if (overlap_) {
    if (overlap_->closed) overlap_->again = at;
    if (std::exchange(overlap_->resumed, false)) actions.push_back(SetOutput{OutputLevel::kDucked});
    if (overlap_->closed || !overlap_->silent_since) return;
    overlap_->silent_since.reset();
    overlap_->since = at;
    return;
  }
  overlap_ = Overlap();
  overlap_->since = at;
  const bool goes_on = odd_ && at - *odd_->silent_since <= config_.goes_on_within;
  if (goes_on) overlap_->spoken = odd_->spoken;
  overlap_->paused = stir_ && stir_->level == OutputLevel::kPaused;
  opened_at_ = at;
  longest_pause_ = 0;
  completeness_ = Completeness::kUnsure;
  heard_.reset();
  if (!stir_ || stir_->level == OutputLevel::kFull) actions.push_back(SetOutput{OutputLevel::kDucked});
  stir_.reset();
  actions.push_back(OpenUtterance{at, true});
}

// The speech that still need not be an interruption.
SampleIndex TurnEngine::tolerated() const {
  switch (overlap_->kind) {
    case OverlapKind::kNothing:
    case OverlapKind::kUnsure:
      return config_.interrupt_wordless;
    case OverlapKind::kBackchannel:
      return config_.interrupt_backchannel;
    case OverlapKind::kInterruption:
      return config_.interrupt_words;
  }
  return 0;
}

void TurnEngine::decide_overlap(SampleIndex now, Actions& actions) {
  if (overlap_->closed) return go_on_unjudged(now, actions);
  const bool silent = overlap_->silent_since.has_value();
  const SampleIndex spoken = overlap_->spoken + (silent ? 0 : now - overlap_->since);
  if (spoken >= tolerated()) return interrupt(actions);
  if (silent && now - *overlap_->silent_since >= config_.resume_after) {
    overlap_->closed = true;
    actions.push_back(CloseOverlap{});
    return;
  }
  const bool harmless = overlap_->kind == OverlapKind::kBackchannel;
  if (overlap_->paused || silent || harmless || spoken < config_.pause_after) return;
  overlap_->paused = true;
  actions.push_back(SetOutput{OutputLevel::kPaused});
}

// Who only coughed need not wait for the recogniser; who said "stop" stops the answer a second time.
void TurnEngine::go_on_unjudged(SampleIndex now, Actions& actions) {
  const bool late = now - *overlap_->silent_since >= config_.resume_unjudged;
  if (overlap_->resumed || overlap_->again || !late) return;
  overlap_->resumed = true;
  actions.push_back(SetOutput{OutputLevel::kFull});
}

void TurnEngine::interrupt(Actions& actions) {
  actions.push_back(CancelResponse{CancelReason::kTurnDetected});
  change(kInterrupted, actions);
  adopt_overlap(actions);
}

// What was said over the answer is the user's turn, and if it is over, the end of it.
void TurnEngine::adopt_overlap(Actions& actions) {
  const Overlap adopted = *overlap_;
  overlap_.reset();
  silent_since_ = adopted.silent_since;
  change(kListening, actions);
  actions.push_back(ConfirmUtterance{});
  if (!adopted.closed) return;
  end(*silent_since_ + config_.resume_after, actions);
  overlap_again(adopted.again, actions);
}

void TurnEngine::forget_overlap(Actions& actions) {
  const auto again = overlap_->again;
  const bool resumed = overlap_->resumed;
  // What is still being said does not count either.
  if (!overlap_->silent_since) stir_ = Stir{overlap_->since, overlap_->since, false, OutputLevel::kFull};
  overlap_.reset();
  actions.push_back(DropUtterance{});
  if (state_ == kSpeaking && !resumed) actions.push_back(SetOutput{OutputLevel::kFull});
  overlap_again(again, actions);
}

// Speech that began before it was known what the speech before it was.
void TurnEngine::overlap_again(std::optional<SampleIndex> at, Actions& actions) {
  if (at) handle(SpeechStarted{*at}, actions);
}

void TurnEngine::handle(const SpeechStarted& event, Actions& actions) {
  switch (state_) {
    case kListening:
      if (silent_since_) longest_pause_ = std::max(longest_pause_, event.at - *silent_since_);
      silent_since_.reset();
      return;
    case kIdle:
      open(event.at, actions);
      return;
    case kProcessing:
      if (!config_.interrupt_response) return;
      actions.push_back(CancelResponse{CancelReason::kTurnDetected});
      change(kInterrupted, actions);
      open(event.at, actions);
      return;
    case kSpeaking:
      if (config_.interrupt_response) overlap(event.at, actions);
      return;
    case kInterrupted:
    case kError:
      return;
  }
}

void TurnEngine::handle(const SpeechStopped& event, Actions&) {
  if (state_ == kListening) silent_since_ = event.at;
  if (!overlap_) return;
  overlap_->again.reset();
  if (overlap_->silent_since) return;
  overlap_->spoken += event.at - overlap_->since;
  overlap_->silent_since = event.at;
}

void TurnEngine::handle(const SoundHeard& event, Actions& actions) {
  if (state_ != kSpeaking || overlap_ || !config_.interrupt_response) return;
  if (!stir_) {
    stir_ = Stir{event.at, event.at};
    actions.push_back(SetOutput{OutputLevel::kDucked});
  }
  stir_->last = event.at;
  stir_->voiced = stir_->voiced || event.voiced;
}

void TurnEngine::handle(const AudioAdvanced& event, Actions& actions) {
  if (stir_) return decide_stir(event.at, actions);
  if (overlap_) return decide_overlap(event.at, actions);
  if (state_ != kListening || !config_.server_vad) return;
  const bool silent_enough = silent_since_ && event.at - *silent_since_ >= required_silence();
  const bool too_long = event.at - opened_at_ >= config_.max_utterance;
  if (silent_enough || too_long) end(event.at, actions);
}

void TurnEngine::handle(const WordsChanged& event, Actions&) {
  heard_ = event.heard;
  if (overlap_) {
    if (overlap_->closed) return;
    overlap_->kind = event.overlap;
    completeness_ = event.completeness;
    return;
  }
  if (state_ == kListening) completeness_ = event.completeness;
}

void TurnEngine::handle(const OverlapUnderstood& event, Actions& actions) {
  if (!overlap_ || !overlap_->closed) return;
  const bool odd = event.kind == OverlapKind::kUnsure;
  const bool said = odd && overlap_->spoken >= config_.interrupt_said;
  if (said || event.kind == OverlapKind::kInterruption) return interrupt(actions);
  odd_ = odd ? overlap_ : std::nullopt;
  forget_overlap(actions);
}

void TurnEngine::handle(const CommitRequested& event, Actions& actions) {
  if (overlap_) interrupt(actions);
  if (state_ == kListening) end(event.at, actions);
}

void TurnEngine::handle(const ClearRequested&, Actions& actions) {
  if (overlap_) return forget_overlap(actions);
  if (state_ != kListening) return;
  actions.push_back(DropUtterance{});
  change(kIdle, actions);
}

void TurnEngine::handle(const TranscriptReady& event, Actions& actions) {
  if (state_ != kProcessing) return;
  if (!event.empty) patience_.user_acted();
  if (event.empty || !config_.create_response) {
    change(kIdle, actions);
  } else {
    actions.push_back(StartResponse{});
  }
}

void TurnEngine::handle(const ResponseRequested&, Actions& actions) {
  patience_.user_acted();
  if (overlap_) {
    overlap_.reset();
    actions.push_back(DropUtterance{});
  }
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
  if (state_ != kSpeaking && state_ != kProcessing) return;
  change(kIdle, actions);
  // What is said into silence does not break it.
  if (!announcing_ || announcing_ == Announcement::kGreeting) patience_.answered();
  if (!overlap_) return;
  // What was said as the answer ended is the next turn, unless it only agreed.
  if (overlap_->silent_since && overlap_->kind == OverlapKind::kBackchannel) return forget_overlap(actions);
  adopt_overlap(actions);
}

void TurnEngine::handle(const CancelRequested&, Actions& actions) {
  if (state_ != kProcessing && state_ != kSpeaking) return;
  actions.push_back(CancelResponse{CancelReason::kClientCancelled});
  change(kIdle, actions);
  patience_.user_acted();
  if (overlap_) adopt_overlap(actions);
}

// A failed turn shows as an error and leaves the session ready for the next one.
void TurnEngine::handle(const Failed&, Actions& actions) {
  if (state_ == kListening) actions.push_back(DropUtterance{});
  change(kError, actions);
  change(kIdle, actions);
  if (!announcing_) patience_.user_acted();
  if (overlap_) adopt_overlap(actions);
}

void TurnEngine::handle(const ClockAdvanced& event, Actions&) { patience_.advance(event.at); }

void TurnEngine::handle(const GreetingRequested&, Actions& actions) {
  if (state_ == kIdle) announce(Announcement::kGreeting, actions);
}

void TurnEngine::announce(Announcement what, Actions& actions) {
  change(kListening, actions);
  change(kProcessing, actions);
  announcing_ = what;
  actions.push_back(Announce{what});
}

void TurnEngine::be_patient(Actions& actions) {
  const PatienceConfig& config = config_.patience;
  switch (patience_.step(config, state_ == kIdle)) {
    case PatienceStep::kNothing:
      return;
    case PatienceStep::kAsk:
      actions.push_back(NoteSilence{patience_.silence()});
      return announce(Announcement::kStillThere, actions);
    case PatienceStep::kWarn:
      actions.push_back(WarnOfEnd{std::max<SampleIndex>(config.longest - patience_.now(), 0)});
      if (config.warn_aloud && state_ == kIdle) announce(Announcement::kEndsSoon, actions);
      return;
    case PatienceStep::kEndOfSilence:
      actions.push_back(EndSession{SessionEnd::kSilence});
      return;
    case PatienceStep::kEndOfTime:
      actions.push_back(EndSession{SessionEnd::kTime});
      return;
  }
}

}  // namespace parley::conversation
