// SPDX-License-Identifier: Apache-2.0
// What a session says and does by itself: its greeting, what silence leads to, and its end.
#include "conversation/session_state.hpp"
#include "runtime/ids.hpp"

#include <utility>

namespace parley::conversation {

namespace {

// The length of a sample; the clock is told in samples, too.
constexpr std::chrono::nanoseconds kSample{1'000'000 / kSamplesPerMs};

std::chrono::milliseconds milliseconds_of(SampleIndex samples) {
  return std::chrono::milliseconds(samples / kSamplesPerMs);
}

}  // namespace

// What is configured is said to those who speak the language that it is written in.
std::string Session::text_of(Announcement what) const {
  const Config& config = parts_.config;
  if (!options_.announces) return {};
  if (what == Announcement::kGreeting && options_.greeting) return *options_.greeting;
  if (options_.language != config.language) return {};
  switch (what) {
    case Announcement::kGreeting:
      return config.greeting;
    case Announcement::kStillThere:
      return config.idle_prompt_text;
    case Announcement::kEndsSoon:
      return config.end_warning_text;
  }
  return {};
}

TurnConfig Session::turn_config() const {
  TurnConfig turn = options_.turn;
  // Whoever pushes to talk is silent as long as they like.
  if (!turn.server_vad || text_of(Announcement::kStillThere).empty()) turn.patience.ask_after = 0;
  turn.patience.longest = parts_.longest.count() * kSamplesPerMs;
  turn.patience.warn_aloud = !text_of(Announcement::kEndsSoon).empty();
  return turn;
}

void Session::greet() {
  if (std::exchange(greeted_, true) || text_of(Announcement::kGreeting).empty()) return;
  if (position_ == 0 && !history_.question()) apply(GreetingRequested{});
}

void Session::wake() {
  const auto now = parts_.clock->now();
  // Of a client that is away it is only known later what it has played.
  if (recording_ && !client_is_lost_) recording_->advance(now);
  tell_of_recording();
  apply(ClockAdvanced{(now - began_) / kSample});
}

runtime::TimePoint Session::wake_at() const {
  const SampleIndex due = engine_.due();
  return due == Patience::kNever ? runtime::TimePoint::max() : began_ + due * kSample;
}

void Session::act(const NoteSilence& action) {
  const std::string id = runtime::make_id("item");
  const SampleIndex silent = std::min(action.length, position_);
  channel_.deliver(UserSilent{id, milliseconds_of(position_ - silent), milliseconds_of(position_)});
  channel_.deliver(UserInputCommitted{id, history_.last_id()});
  history_.push({.id = id, .spoken = true});
}

void Session::act(const Announce& action) {
  auto response = make_response({});
  response->announcement = text_of(action.what);
  response_ = response;
  announce(*response);
  tasks_.spawn(run_response(std::move(response)));
}

void Session::act(const WarnOfEnd& action) { channel_.deliver(SessionEnding{milliseconds_of(action.left)}); }

void Session::act(const EndSession& action) { channel_.deliver(SessionEnded{action.reason}); }

}  // namespace parley::conversation
