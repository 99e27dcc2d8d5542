// SPDX-License-Identifier: Apache-2.0
#include "realtime/clone_channel.hpp"

#include "realtime/clone_events.hpp"
#include "realtime/live_session.hpp"
#include "realtime/session_json.hpp"

#include <utility>

namespace parley::realtime {
namespace json = boost::json;

using conversation::ResponseStatus;

void CloneChannel::error(const runtime::Error& problem) {
  json::object data = {{"errorCode", clone_error_name(problem.code)},
                       {"errorMessage", problem.message},
                       {"recoverable", is_recoverable(problem)}};
  if (!problem.param.empty()) data["param"] = problem.param;
  if (problem.retry_after) data["retryAfterMs"] = problem.retry_after->count();
  carrier_.send("error", std::move(data));
}

void CloneChannel::interrupt(LiveSession& session, std::optional<std::int64_t> turn_index) {
  const bool is_last = !turn().id.empty() && turn_index == turn().index;
  const bool interrupted =
      turn_index ? is_last && session.conversation().cancel_response(turn().id) : session.interrupt();
  if (!interrupted)
    carrier_.send("conversation:interrupted", {{"turnIndex", turn_index.value_or(turn().index)}});
}

void CloneChannel::state(conversation::SessionState from, conversation::SessionState to) {
  carrier_.send("state:changed", {{"previousState", name(from)}, {"currentState", name(to)}});
}

void CloneChannel::transcript(const speech::Transcript& transcript, bool final) {
  carrier_.send("transcript", {{"transcript", final ? transcript.text : transcript.spoken},
                               {"isFinal", final},
                               {"confidence", transcript.confidence.value_or(0.0)}});
}

void CloneChannel::started(const PlainTurn& turn) {
  carrier_.send("response_start", {{"turnId", turn.id}, {"turnIndex", turn.index}});
}

void CloneChannel::text(const PlainTurn& turn, std::string words) {
  carrier_.send("response_chunk", {{"turnId", turn.id}, {"text", std::move(words)}});
}

void CloneChannel::audio(const PlainTurn& turn, std::string bytes) {
  carrier_.send_audio({{"turnId", turn.id},
                       {"sequenceNumber", turn.sequence},
                       {"codec", settings_.codec},
                       {"sampleRate", settings_.sample_rate}},
                      std::move(bytes));
}

void CloneChannel::level(const PlainTurn& turn, conversation::OutputLevel level) {
  carrier_.send("output:level", {{"turnId", turn.id}, {"level", name(level)}});
}

void CloneChannel::ended(const PlainTurn& turn, PlainEnd end) {
  if (end.status == ResponseStatus::kCancelled) cut_off(turn);
  carrier_.send("response_end", {{"turnId", turn.id},
                                 {"turnIndex", turn.index},
                                 {"status", name(end.status)},
                                 {"text", std::move(end.text)},
                                 {"metrics", std::move(end.metrics)},
                                 {"sources", std::move(end.sources)}});
}

void CloneChannel::cut_off(const PlainTurn& turn) {
  carrier_.send("conversation:interrupted", {{"turnIndex", turn.index}, {"turnId", turn.id}});
}

void CloneChannel::network(const conversation::NetworkChanged& change) {
  carrier_.send("network:changed", describe(change));
}

void CloneChannel::recording(const conversation::RecordingChanged& change) {
  carrier_.send("recording:changed", describe(change));
}

void CloneChannel::ending(std::chrono::milliseconds left) {
  carrier_.send("session:ending", {{"leftMs", left.count()}});
}

void CloneChannel::over(conversation::SessionEnd reason) {
  carrier_.send("session:expired", {{"reason", sentence_of(reason)}, {"code", name(reason)}});
}

}  // namespace parley::realtime
