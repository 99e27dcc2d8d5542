// SPDX-License-Identifier: Apache-2.0
#include "realtime/plain_connection.hpp"

#include "realtime/caller.hpp"
#include "realtime/live_sessions.hpp"
#include "runtime/json.hpp"
#include "runtime/wall_time.hpp"
#include "runtime/whole_number.hpp"

#include <algorithm>
#include <utility>

namespace parley::realtime {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

PlainConnection::PlainConnection(std::shared_ptr<Line> line, std::shared_ptr<const Parts> parts,
                                 RealtimeMetrics& metrics, Admission admission, PlainChannel& channel)
    : line_(std::move(line)),
      parts_(std::move(parts)),
      metrics_(metrics),
      channel_(channel),
      sounded_(channel, [&line = *line_](std::chrono::microseconds sound) { line.sounded(sound); }),
      session_(parts_, metrics, std::move(admission), sounded_, link_of(line_), line_->strand()),
      heard_(parts_->engines.clock->now()),
      beaten_(heard_) {
  parts_->live->add(session_.record().id, reach_of(line_));
}

// Numbers of messages that are text stand in them, so this one, which has none itself, says where they go on.
void PlainConnection::welcome_back(std::optional<std::uint64_t> seen) {
  heard_ = beaten_ = parts_->engines.clock->now();
  line_->tell(runtime::to_json(resumed({{"sessionId", session_.record().id},
                                        {"sequence", seen.value_or(0)},
                                        {"received", line_->received()},
                                        {"audioBytes", session_.audio_bytes()},
                                        {"timestamp", timestamp()}})));
}

void PlainConnection::receive(const net::WebSocketMessage& message) {
  metrics_.events.add();
  heard_ = beaten_ = parts_->engines.clock->now();
  const auto done = message.text ? control(message.data) : sound(message.data);
  if (done) return;
  metrics_.errors.add();
  channel_.error(done.error());
}

Task<> PlainConnection::close() {
  parts_->live->remove(session_.record().id);
  co_await session_.close();
}

TimePoint PlainConnection::wake_at() const { return beaten_ + between_beats(); }

void PlainConnection::wake() {
  const TimePoint now = parts_->engines.clock->now();
  if (now < wake_at()) return;
  if (now - heard_ >= patience()) {
    line_->hang_up(kCloseIdle, "nothing was heard of the client");
  } else {
    beaten_ = now;
    beat();
  }
}

std::int64_t PlainConnection::timestamp() const {
  return runtime::unix_milliseconds(parts_->engines.clock->wall_now());
}

void PlainConnection::send(boost::json::object message) {
  if (line_->keeps()) message["sequence"] = line_->next_number();
  line_->send_text(runtime::to_json(message));
}

void PlainConnection::send_binary(std::string bytes) { line_->send_binary(std::move(bytes)); }

boost::json::object PlainConnection::terms() const {
  if (!line_->keeps()) return {};
  return {{"resumeWindowMs", parts_->config.resume_window.count()}};
}

namespace {

std::optional<std::string> owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

std::uint16_t close_code(ErrorCode code) {
  if (code == ErrorCode::kUnauthorized) return kCloseUnauthorized;
  if (code == ErrorCode::kOverloaded || code == ErrorCode::kQuotaExceeded) return net::kCloseTryAgainLater;
  return kCloseSession;
}

struct Handler {
  std::shared_ptr<const Parts> parts;
  std::shared_ptr<RealtimeMetrics> metrics;
  PlainProtocol protocol;
};

void refuse(const Handler& handler, net::WebSocket& socket, const Error& problem) {
  handler.metrics->errors.add();
  const auto now = runtime::unix_milliseconds(handler.parts->engines.clock->wall_now());
  const auto sent = socket.send_text(runtime::to_json(handler.protocol.refusal(problem, now)));
  static_cast<void>(sent);  // it is closed in any case
  socket.close(close_code(problem.code), problem.message);
}

// `resume`: the client can come back, and the last message that it has seen; 0 at the beginning.
Result<std::optional<std::uint64_t>> seen_by(const net::Request& request) {
  const auto text = request.query_value("resume");
  if (!text) return std::optional<std::uint64_t>();
  const auto seen = runtime::whole_number<std::uint64_t>(*text);
  if (!seen) return Error{ErrorCode::kBadRequest, "expected the number of a message", "resume"};
  return seen;
}

Task<> serve(Context context, std::shared_ptr<net::WebSocket> socket,
             std::shared_ptr<const Handler> handler) {
  const auto& parts = handler->parts;
  const net::Request& request = socket->request();
  const auto token = owned(token_of(request));
  const auto principal =
      parts->authenticator.admit(token ? std::optional<std::string_view>(*token) : std::nullopt);
  if (!principal) co_return refuse(*handler, *socket, principal.error());
  const auto seen = seen_by(request);
  if (!seen) co_return refuse(*handler, *socket, seen.error());
  const auto id = owned(request.query_value("sessionId"));
  if (*seen) {
    auto before = id ? parts->live->line(*id) : nullptr;
    if (!before && **seen > 0) {
      const Error gone{ErrorCode::kNotFound, "the session is not there any more; begin anew", "resume"};
      co_return refuse(*handler, *socket, gone);
    }
    if (before) {
      Return back{*principal, handler->protocol.name, *seen};
      const auto came = co_await come_back(std::move(before), socket, std::move(back));
      if (!came) refuse(*handler, *socket, came.error());
      co_return;
    }
  }
  auto admission = co_await admit(parts, context, *principal, id);
  if (!admission) co_return refuse(*handler, *socket, admission.error());
  admission->open_speaker = has_open_speaker(request, parts->engines.config.cancel_echo);
  const Context own = admission->context;
  auto line = std::make_shared<Line>(std::move(socket), parts, *principal, handler->protocol.name);
  if (*seen) line->keep();
  const std::string own_id = admission->record.id;
  auto connection = handler->protocol.open(line, parts, *handler->metrics, std::move(*admission));
  // Consent may have been given or taken back while its client was let in.
  const auto record = co_await parts->sessions->find(own, own_id);
  if (record) connection->agree(record->settings.recording_consent);
  co_await converse(own, std::move(line), std::move(connection));
}

}  // namespace

net::WebSocketHandler plain_handler(std::shared_ptr<const Parts> parts, PlainProtocol protocol) {
  const auto metrics = std::make_shared<RealtimeMetrics>(parts->metrics);
  const auto handler =
      std::make_shared<const Handler>(Handler{std::move(parts), metrics, std::move(protocol)});
  return [handler](Context context, std::shared_ptr<net::WebSocket> socket) {
    return serve(std::move(context), std::move(socket), handler);
  };
}

}  // namespace parley::realtime
