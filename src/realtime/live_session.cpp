// SPDX-License-Identifier: Apache-2.0
#include "realtime/live_session.hpp"

#include "realtime/caller.hpp"
#include "realtime/overload.hpp"
#include "realtime/session_json.hpp"
#include "runtime/signal.hpp"

#include <utility>

namespace parley::realtime {

using conversation::SessionState;
using conversation::SessionStatus;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// How long a connection has to end when another takes its session.
constexpr std::chrono::seconds kTakeOver{2};
constexpr std::chrono::milliseconds kBetweenLooks{10};

conversation::SessionOptions opened_with(const Admission& admission, const conversation::Config& config) {
  conversation::SessionOptions options = options_of(admission.record.settings, config);
  options.cancel_echo = admission.open_speaker;
  if (admission.record.settings.recording_consent) options.record_as = admission.record.id;
  return options;
}

}  // namespace

Task<Result<Admission>> admit(std::shared_ptr<const Parts> parts, Context context,
                              std::optional<std::string> token, std::optional<std::string> id) {
  const auto principal =
      parts->authenticator.admit(token ? std::optional<std::string_view>(*token) : std::nullopt);
  if (!principal) co_return principal.error();
  auto admission = co_await admit(std::move(parts), std::move(context), *principal, std::move(id));
  co_return admission;
}

Task<Result<Admission>> admit(std::shared_ptr<const Parts> parts, Context context,
                              accounts::Principal principal, std::optional<std::string> id) {
  Admission admission{std::move(principal), {}, {}, !id};
  admission.context = context_of(std::move(context), admission.principal);
  if (!id) {
    const auto taken = takes_new_sessions(*parts);
    if (!taken) co_return taken.error();
    conversation::SessionSettings settings;
    auto opened = co_await parts->sessions->open(admission.context, std::move(settings));
    if (!opened) co_return opened.error();
    admission.record = std::move(*opened);
    admission.context.flow = admission.record.id;
    co_return admission;
  }
  auto begun = co_await parts->sessions->begin(admission.context, *id);
  // Its client is back before it was missed, or somewhere else: the newer connection is the right one.
  const bool taken_over = !begun && begun.error().code == ErrorCode::kConflict &&
                          parts->live->end(*id, "the session goes on over another connection");
  const auto patience = parts->engines.clock->now() + kTakeOver;
  while (taken_over && !begun && parts->engines.clock->now() < patience) {
    runtime::Signal never;
    const bool told = co_await never.wait(parts->engines.clock->now() + kBetweenLooks);
    static_cast<void>(told);
    begun = co_await parts->sessions->begin(admission.context, *id);
  }
  if (!begun) co_return begun.error();
  admission.record = std::move(*begun);
  admission.context.flow = admission.record.id;
  co_return admission;
}

Task<> dismiss(std::shared_ptr<const Parts> parts, const Admission& admission) {
  const auto status = admission.made_here ? SessionStatus::kCompleted : SessionStatus::kPending;
  const auto finished = co_await parts->sessions->finish(admission.context, admission.record.id, status);
  static_cast<void>(finished);  // it may have been deleted
}

std::string_view sentence_of(conversation::SessionEnd reason) {
  return reason == conversation::SessionEnd::kSilence ? "nobody has said anything for a long time"
                                                      : "the session has lasted as long as one may";
}

MeasuredChannel::Over end_of(std::shared_ptr<const Parts> parts, std::string id) {
  return [parts = std::move(parts), id = std::move(id)](conversation::SessionEnd reason) {
    const bool silent = reason == conversation::SessionEnd::kSilence;
    parts->live->end(id, std::string(sentence_of(reason)), silent ? kCloseIdle : kCloseSession);
  };
}

AdaptedChannel::Parts adaptation(const std::shared_ptr<const Parts>& parts, std::string id, double needs,
                                 Link link) {
  const auto told = [live = parts->live, id = std::move(id)](conversation::NetworkTier tier) {
    live->set_network(id, tier);
  };
  return {std::move(link), told, parts->engines.clock, needs};
}

LiveSession::LiveSession(std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics, Admission admission,
                         conversation::Channel& channel, Link link, runtime::Executor strand)
    : parts_(std::move(parts)),
      metrics_(metrics),
      admission_(std::move(admission)),
      adapted_(channel, metrics_,
               adaptation(parts_, admission_.record.id, sound_bytes(admission_.record.settings.audio),
                          std::move(link))),
      measured_(adapted_, metrics_, end_of(parts_, admission_.record.id)),
      intake_(admission_.record.settings.audio),
      conversation_(admission_.context, parts_->engines, opened_with(admission_, parts_->engines.config),
                    measured_, std::move(strand)) {
  metrics_.sessions.add(1);
}

boost::json::object LiveSession::describe() const {
  return describe_settings(record().settings, recording_of(parts_->engines, record().id));
}

Result<> LiveSession::take_audio(std::string_view bytes) {
  audio_bytes_ += bytes.size();
  adapted_.look();
  const auto samples = intake_.take(bytes);
  if (!samples) return samples.error();
  conversation_.append_audio(*samples);
  return {};
}

Result<> LiveSession::end_utterance() {
  const auto committed = conversation_.commit_audio();
  // It ended by itself a moment ago.
  const SessionState state = conversation_.state();
  if (!committed && (state == SessionState::kProcessing || state == SessionState::kSpeaking)) return {};
  if (!committed) return Error{ErrorCode::kBadRequest, "nothing was heard that could end"};
  return {};
}

Result<> LiveSession::ask(std::string text) {
  conversation_.cancel_response();
  const auto added = conversation_.add_message({}, language::ChatRole::kUser, std::move(text));
  if (!added) return added.error();
  return conversation_.create_response({});
}

void LiveSession::agree(bool consent) {
  admission_.record.settings.recording_consent = consent;
  conversation_.record_as(consent ? record().id : std::string());
}

Task<> LiveSession::close() {
  co_await conversation_.close();
  co_await dismiss(parts_, admission_);
  metrics_.sessions.add(-1);
}

}  // namespace parley::realtime
