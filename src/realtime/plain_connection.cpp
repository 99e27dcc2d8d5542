// SPDX-License-Identifier: Apache-2.0
#include "realtime/plain_connection.hpp"

#include "realtime/caller.hpp"
#include "realtime/live_sessions.hpp"
#include "runtime/json.hpp"
#include "runtime/wall_time.hpp"

#include <algorithm>
#include <utility>

namespace parley::realtime {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

PlainConnection::PlainConnection(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> parts,
                                 RealtimeMetrics& metrics, Admission admission, PlainChannel& channel)
    : socket_(std::move(socket)),
      parts_(std::move(parts)),
      metrics_(metrics),
      channel_(channel),
      session_(parts_, metrics, std::move(admission), channel, socket_->executor()),
      heard_(parts_->engines.clock->now()),
      beaten_(heard_) {
  parts_->live->add(session_.record().id, ender(socket_));
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
    socket_->close(kCloseIdle, "nothing was heard of the client");
  } else {
    beaten_ = now;
    beat();
  }
}

std::int64_t PlainConnection::timestamp() const {
  return runtime::unix_milliseconds(parts_->engines.clock->wall_now());
}

// A message that cannot be sent any more is told by the reader's end.
void PlainConnection::send(const boost::json::object& message) {
  const auto sent = socket_->send_text(runtime::to_json(message));
  static_cast<void>(sent);
}

void PlainConnection::send_binary(std::string bytes) {
  const auto sent = socket_->send_binary(std::move(bytes));
  static_cast<void>(sent);
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

Task<> serve(Context context, std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> parts,
             std::shared_ptr<RealtimeMetrics> metrics, std::shared_ptr<const PlainProtocol> protocol) {
  const net::Request& request = socket->request();
  auto admission =
      co_await admit(parts, context, owned(token_of(request)), owned(request.query_value("sessionId")));
  if (!admission) {
    metrics->errors.add();
    const Error& problem = admission.error();
    const auto now = runtime::unix_milliseconds(parts->engines.clock->wall_now());
    const auto sent = socket->send_text(runtime::to_json(protocol->refusal(problem, now)));
    static_cast<void>(sent);  // it is closed in any case
    socket->close(close_code(problem.code), problem.message);
    co_return;
  }
  admission->open_speaker = has_open_speaker(request, parts->engines.config.cancel_echo);
  const Context own = admission->context;
  auto connection = protocol->open(socket, parts, *metrics, std::move(*admission));
  co_await converse(own, socket, std::move(connection));
}

}  // namespace

net::WebSocketHandler plain_handler(std::shared_ptr<const Parts> parts, PlainProtocol protocol) {
  const auto metrics = std::make_shared<RealtimeMetrics>(parts->metrics);
  const auto shared = std::make_shared<const PlainProtocol>(std::move(protocol));
  return
      [parts = std::move(parts), metrics, shared](Context context, std::shared_ptr<net::WebSocket> socket) {
        return serve(std::move(context), std::move(socket), parts, metrics, shared);
      };
}

}  // namespace parley::realtime
