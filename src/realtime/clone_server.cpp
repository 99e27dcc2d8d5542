// SPDX-License-Identifier: Apache-2.0
#include "realtime/base64.hpp"
#include "realtime/caller.hpp"
#include "realtime/clone_channel.hpp"
#include "realtime/clone_events.hpp"
#include "realtime/plain_connection.hpp"
#include "realtime/plain_server.hpp"

#include <utility>

namespace parley::realtime {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::chrono::milliseconds kBetweenPings{25'000};
constexpr std::chrono::milliseconds kPatience{60'000};

// Events travel in an envelope: {"type", "sessionId", "data", "timestamp"}.
class CloneConnection final : public PlainConnection {
 public:
  CloneConnection(std::shared_ptr<Line> line, std::shared_ptr<const Parts> parts, RealtimeMetrics& metrics,
                  Admission admission)
      : PlainConnection(std::move(line), std::move(parts), metrics, admission, channel_),
        channel_(admission.record.settings.audio,
                 {[this](std::string_view type, json::object data) { send_event(type, std::move(data)); },
                  [this](json::object data, std::string bytes) {
                    data["audioData"] =
                        encode_base64({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
                    send_event("response_audio", std::move(data));
                  }}) {}

  void greet() override {
    json::object data = {{"sessionId", session().record().id},
                         {"userId", session().admission().principal.id},
                         {"isGuest", session().admission().principal.kind == accounts::PrincipalKind::kGuest},
                         {"timestamp", timestamp()}};
    for (auto& member : session().describe()) data.insert(member);
    for (auto& member : terms()) data.insert(member);
    send_event("session_created", std::move(data));
    conversation().greet();
  }

 private:
  Result<> control(const std::string& text) override {
    auto event = read_clone_message(text, session().record().id);
    if (!event) return event.error();
    return std::visit([this](auto& each) { return handle(each); }, *event);
  }

  Result<> handle(const CloneAudio& event) { return session().take_audio(event.bytes); }
  Result<> handle(const CloneEndUtterance&) { return session().end_utterance(); }
  Result<> handle(const CloneInterruption& event) {
    channel_.interrupt(session(), event.turn_index);
    return {};
  }
  Result<> handle(CloneText& event) { return session().ask(std::move(event.text)); }
  Result<> handle(const ClonePing&) {
    send_event("pong", {{"timestamp", timestamp()}});
    return {};
  }
  Result<> handle(const ClonePong&) { return {}; }

  void beat() override { send_event("ping", {{"timestamp", timestamp()}}); }
  std::chrono::milliseconds between_beats() const override { return kBetweenPings; }
  std::chrono::milliseconds patience() const override { return kPatience; }

  json::object resumed(json::object arrived) const override {
    return {{"type", "session_resumed"}, {"data", std::move(arrived)}, {"timestamp", timestamp()}};
  }

  void send_event(std::string_view type, json::object data) {
    send({{"type", type},
          {"sessionId", session().record().id},
          {"data", std::move(data)},
          {"timestamp", timestamp()}});
  }

  CloneChannel channel_;
};

json::object refusal(const Error& problem, std::int64_t now) {
  if (problem.code == ErrorCode::kUnauthorized) {
    return {{"type", "auth_error"},
            {"data", {{"code", refusal_name(problem)}, {"message", problem.message}, {"timestamp", now}}},
            {"timestamp", now}};
  }
  return {{"type", "error"},
          {"data",
           {{"errorCode", clone_error_name(problem.code)},
            {"errorMessage", problem.message},
            {"recoverable", problem.retry_after.has_value()}}},
          {"timestamp", now}};
}

}  // namespace

net::WebSocketHandler clone_handler(std::shared_ptr<const Parts> parts) {
  return plain_handler(std::move(parts),
                       {"clone",
                        [](auto line, auto shared, RealtimeMetrics& metrics, Admission admission) {
                          return std::make_shared<CloneConnection>(std::move(line), std::move(shared),
                                                                   metrics, std::move(admission));
                        },
                        refusal});
}

}  // namespace parley::realtime
