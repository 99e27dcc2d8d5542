// SPDX-License-Identifier: Apache-2.0
#include "realtime/line.hpp"

#include "realtime/socket_conversation.hpp"

#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>

namespace parley::realtime {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

// A message that cannot be sent any more is told by the reader's end.
void send_on(net::WebSocket& socket, net::WebSocketMessage message) {
  const auto sent =
      message.text ? socket.send_text(std::move(message.data)) : socket.send_binary(std::move(message.data));
  static_cast<void>(sent);
}

void close_on_its_strand(const std::shared_ptr<net::WebSocket>& socket, std::uint16_t code,
                         std::string reason) {
  boost::asio::dispatch(socket->executor(), [socket, code, reason = std::move(reason)]() mutable {
    socket->close(code, std::move(reason));
  });
}

}  // namespace

Line::Line(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> parts,
           accounts::Principal owner, std::string_view protocol)
    : parts_(std::move(parts)),
      strand_(socket->executor()),
      owner_(std::move(owner)),
      protocol_(protocol),
      socket_(std::move(socket)),
      sent_(static_cast<std::size_t>(parts_->config.resume_bytes), parts_->replay_budget) {}

void Line::send(net::WebSocketMessage message) {
  if (keeps_) {
    sent_.keep({message});
  } else {
    sent_.skip();
  }
  put(std::move(message));
}

void Line::put(net::WebSocketMessage message) {
  if (!socket_) return;
  if (at_home_) return send_on(*socket_, std::move(message));
  boost::asio::dispatch(socket_->executor(), [socket = socket_, message = std::move(message)]() mutable {
    send_on(*socket, std::move(message));
  });
}

Result<> Line::take(std::shared_ptr<net::WebSocket> socket, std::uint64_t seen) {
  if (!sent_.has_all_after(seen)) {
    return Error{ErrorCode::kConflict, "not all that was sent since is still here; begin anew", "resume"};
  }
  if (socket_) close_on_its_strand(socket_, kCloseReplaced, "the session goes on over another connection");
  socket_ = std::move(socket);
  at_home_ = socket_->executor() == strand_;
  lost_at_.reset();
  changed_.notify();
  return {};
}

std::chrono::microseconds Line::send_again(std::uint64_t seen) {
  sent_.each_after(seen, [this](const Sent& sent) { put(sent.message); });
  return sent_.sound_after(seen);
}

void Line::lose(const net::WebSocket& socket, bool goodbye) {
  if (socket_.get() != &socket) return;
  socket_.reset();
  over_ = over_ || goodbye || !keeps_;
  lost_at_ = parts_->engines.clock->now();
  changed_.notify();
}

void Line::hang_up(std::uint16_t code, std::string reason) {
  if (socket_) close_on_its_strand(socket_, code, std::move(reason));
}

void Line::end(std::uint16_t code, std::string reason) {
  over_ = true;
  hang_up(code, std::move(reason));
  changed_.notify();
}

runtime::TimePoint Line::deadline() const {
  return lost_at_ ? *lost_at_ + parts_->config.resume_window : runtime::TimePoint::max();
}

std::function<std::optional<net::LinkSample>()> link_of(const std::shared_ptr<Line>& line) {
  return [weak = std::weak_ptr(line)]() -> std::optional<net::LinkSample> {
    const auto live = weak.lock();
    return live && live->socket() ? live->socket()->link() : std::nullopt;
  };
}

LiveSessions::Reach reach_of(const std::shared_ptr<Line>& line) {
  // On the line's strand, if it is still there.
  const auto reach = [strand = line->strand(), weak = std::weak_ptr(line)](auto act) {
    boost::asio::post(strand, [weak, act = std::move(act)] {
      if (const auto live = weak.lock()) act(*live);
    });
  };
  return {[reach](std::uint16_t close_code, std::string reason) {
            reach([close_code, reason = std::move(reason)](Line& live) { live.end(close_code, reason); });
          },
          [reach](bool consent) {
            reach([consent](Line& live) {
              if (const auto speaker = live.speaker()) speaker->agree(consent);
            });
          },
          line};
}

}  // namespace parley::realtime
