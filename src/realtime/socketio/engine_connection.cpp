// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/engine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <boost/asio/dispatch.hpp>

namespace parley::realtime::socketio {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// The socket has a strand of its own when the client began by polling.
void send_over(const std::shared_ptr<net::WebSocket>& socket, EnginePacket packet) {
  boost::asio::dispatch(socket->executor(), [socket, packet = std::move(packet)]() mutable {
    const auto sent =
        packet.binary ? socket->send_binary(std::move(packet.data)) : socket->send_text(format(packet));
    static_cast<void>(sent);  // a socket that is gone is told by its reader
  });
}

}  // namespace

EngineConnection::EngineConnection(std::shared_ptr<EngineServer> server, std::string id,
                                   net::Request handshake, runtime::Executor strand)
    : server_(std::move(server)),
      id_(std::move(id)),
      handshake_(std::move(handshake)),
      strand_(std::move(strand)),
      tasks_(strand_) {}

void EngineConnection::open(std::shared_ptr<EngineListener> listener,
                            std::shared_ptr<net::WebSocket> socket) {
  if (closed_) {  // it has given way to another
    if (socket) socket->close(net::kCloseTryAgainLater, "too many connections");
    return;
  }
  listener_ = std::move(listener);
  socket_ = std::move(socket);
  tasks_.spawn(beat(shared_from_this()));
}

// Notified by a pong that is due, by the beginning, and at the end.
Task<> EngineConnection::beat(std::shared_ptr<EngineConnection> self) {
  const EngineConfig& config = self->server_->config();
  const runtime::Clock& clock = self->server_->clock();
  const auto begins_by = clock.now() + config.connect_timeout;
  auto pings_at = clock.now() + config.ping_interval;
  for (;;) {
    const auto next = self->begun_ ? pings_at : std::min(begins_by, pings_at);
    const bool woken = co_await self->beat_.wait(next);
    static_cast<void>(woken);
    if (self->closed_) co_return;
    if (!self->begun_ && clock.now() >= begins_by) {
      self->close(net::kClosePolicy, "nothing was begun");
      co_return;
    }
    if (clock.now() < pings_at) continue;
    self->pong_due_ = true;
    self->enqueue({EngineType::kPing, {}, false});
    const auto answers_by = clock.now() + config.ping_timeout;
    while (self->pong_due_ && !self->closed_ && clock.now() < answers_by) {
      const bool answered = co_await self->beat_.wait(answers_by);
      static_cast<void>(answered);
    }
    if (self->closed_) co_return;
    pings_at = clock.now() + config.ping_interval;
    if (!self->pong_due_) continue;
    self->close(net::kClosePolicy, "ping timeout");
    co_return;
  }
}

void EngineConnection::begin() {
  if (begun_ || closed_) return;
  begun_ = true;
  server_->begun(id_);
  beat_.notify();
}

void EngineConnection::enqueue(EnginePacket packet) {
  if (closed_) return;
  if (socket_) return send_over(socket_, std::move(packet));
  queued_bytes_ += payload_size(packet);
  queue_.push_back(std::move(packet));
  if (queued_bytes_ > server_->config().queue_bytes) {
    return close(net::kCloseTryAgainLater, "the client reads too slowly");
  }
  readable_.notify();
}

// As much as one answer may hold, at least one.
std::vector<EnginePacket> EngineConnection::take_queue() {
  std::vector<EnginePacket> taken;
  std::size_t bytes = 0;
  while (!queue_.empty()) {
    const std::size_t size = payload_size(queue_.front());
    if (!taken.empty() && bytes + size > kMaxPayloadBytes) break;
    bytes += size;
    queued_bytes_ -= size;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return taken;
}

Task<std::optional<std::string>> EngineConnection::poll() {
  const auto self = shared_from_this();
  if (socket_) co_return std::nullopt;
  if (polling_) {
    close(net::kClosePolicy, "polled twice at once");
    co_return std::nullopt;
  }
  polling_ = true;
  while (queue_.empty() && !closed_ && !socket_ && !upgrading_) {
    const bool told = co_await readable_.wait();
    if (!told) break;
  }
  polling_ = false;
  std::vector<EnginePacket> packets = take_queue();
  if (packets.empty()) packets.push_back({closed_ ? EngineType::kClose : EngineType::kNoop, {}, false});
  co_return format_payload(packets);
}

Task<Result<>> EngineConnection::take(EnginePacket packet) {
  const auto self = shared_from_this();
  if (closed_) co_return Error{ErrorCode::kCancelled, "the connection is closed"};
  switch (packet.type) {
    case EngineType::kPong:
      if (std::exchange(pong_due_, false)) beat_.notify();
      break;
    case EngineType::kMessage: {
      const auto listener = listener_;  // it may be told that it is over by what it does now
      listener->message(std::move(packet.data), packet.binary);
      co_await listener->follow();
      break;
    }
    case EngineType::kClose:
      close(net::kCloseNormal, "");
      break;
    case EngineType::kNoop:
      break;
    default:
      close(net::kCloseProtocolError, "there is no such packet from clients");
      co_return Error{ErrorCode::kBadRequest, "there is no such packet from clients"};
  }
  co_return Result<>();
}

bool EngineConnection::begin_upgrade() {
  if (closed_ || socket_ || upgrading_) return false;
  upgrading_ = true;
  readable_.notify();  // a poll that waits ends, so that the client can go over
  return true;
}

void EngineConnection::finish_upgrade(std::shared_ptr<net::WebSocket> socket) {
  upgrading_ = false;
  if (closed_) return;
  socket_ = std::move(socket);
  readable_.notify();
  for (EnginePacket& packet : queue_) send_over(socket_, std::move(packet));
  queue_.clear();
  queued_bytes_ = 0;
}

void EngineConnection::lost(const std::shared_ptr<net::WebSocket>& socket) {
  if (socket_ == socket) close(net::kCloseGoingAway, "");
}

void EngineConnection::close(std::uint16_t code, std::string reason) {
  if (closed_) return;
  closed_ = true;
  readable_.notify();
  beat_.notify();
  if (socket_) {
    boost::asio::dispatch(socket_->executor(), [socket = socket_, code, reason = std::move(reason)] {
      socket->close(code, reason);
    });
  }
  server_->remove(id_);
  if (listener_) std::exchange(listener_, nullptr)->closed();
}

}  // namespace parley::realtime::socketio
