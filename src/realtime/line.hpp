// SPDX-License-Identifier: Apache-2.0
// What connects a conversation to its client: one WebSocket after another, while the client loses its
// connection and comes back. Every message to the client has a number, from 1; the newest are kept to be sent
// again. The messages of the client are counted, too, so that it knows what to send again.
#pragma once

#include "accounts/types.hpp"
#include "net/websocket.hpp"
#include "realtime/parts.hpp"
#include "realtime/replay_buffer.hpp"
#include "runtime/signal.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace parley::realtime {

class SocketProtocol;

// All calls on its strand, which is that of its first socket, except where told.
class Line {
 public:
  // `protocol` names what is spoken: a client comes back by the same.
  Line(std::shared_ptr<net::WebSocket> socket, std::shared_ptr<const Parts> parts, accounts::Principal owner,
       std::string_view protocol);

  // Any thread.
  const runtime::Executor& strand() const { return strand_; }
  const accounts::Principal& owner() const { return owner_; }
  std::string_view protocol() const { return protocol_; }

  // From now on its client may come back, unless the configuration allows nobody to.
  void keep() { keeps_ = parts_->config.resume_window.count() > 0; }
  bool keeps() const { return keeps_; }

  // The number that the next message will have.
  std::uint64_t next_number() const { return sent_.last() + 1; }
  void send_text(std::string text) { send({true, std::move(text)}); }
  void send_binary(std::string bytes) { send({false, std::move(bytes)}); }
  // To who is there now, without a number.
  void tell(std::string text) { put({true, std::move(text)}); }
  // The last message held so much sound.
  void sounded(std::chrono::microseconds sound) { sent_.sounded(sound); }

  // Messages of the client that were taken.
  void count_received() { ++received_; }
  std::uint64_t received() const { return received_; }

  // Who speaks over it, until the conversation is over.
  std::shared_ptr<SocketProtocol> speaker() const { return speaker_.lock(); }
  void set_speaker(std::weak_ptr<SocketProtocol> speaker) { speaker_ = std::move(speaker); }

  const std::shared_ptr<net::WebSocket>& socket() const { return socket_; }
  // The client is on `socket` now; the socket before, if it is still there, is closed with kCloseReplaced.
  // CONFLICT, and nothing changes, when not all that followed message `seen` is still here.
  runtime::Result<> take(std::shared_ptr<net::WebSocket> socket, std::uint64_t seen);
  // Sends what followed message `seen` again; gives how much sound is in it.
  std::chrono::microseconds send_again(std::uint64_t seen);

  // `socket` is gone. Its client may come back, unless it said goodbye: then the line is over.
  void lose(const net::WebSocket& socket, bool goodbye);
  // Closes the socket, as if it had been lost.
  void hang_up(std::uint16_t code, std::string reason);
  // It is over: nobody can come back, and who is there is told this.
  void end(std::uint16_t code, std::string reason);
  bool is_over() const { return over_; }
  bool is_lost() const { return !over_ && !socket_; }
  // Until when a client that is lost may come back; far away while it is there.
  runtime::TimePoint deadline() const;
  // Notified of a loss, a return and the end.
  runtime::Signal& changed() { return changed_; }

  // One at a time holds its client back for the conversation.
  bool holds_back = false;

 private:
  void send(net::WebSocketMessage message);
  void put(net::WebSocketMessage message);

  struct Sent {
    net::WebSocketMessage message;
    std::size_t size() const { return message.data.size(); }
  };

  const std::shared_ptr<const Parts> parts_;
  const runtime::Executor strand_;
  const accounts::Principal owner_;
  const std::string_view protocol_;
  std::weak_ptr<SocketProtocol> speaker_;
  std::shared_ptr<net::WebSocket> socket_;
  bool at_home_ = true;  // the socket is on the strand of the line
  bool keeps_ = false;
  bool over_ = false;
  ReplayBuffer<Sent> sent_;
  std::uint64_t received_ = 0;
  std::optional<runtime::TimePoint> lost_at_;
  runtime::Signal changed_;
};

// What is known of the network that its client is on now. Called on its strand.
std::function<std::optional<net::LinkSample>()> link_of(const std::shared_ptr<Line>& line);

// How the conversation on the line is reached from elsewhere.
LiveSessions::Reach reach_of(const std::shared_ptr<Line>& line);

}  // namespace parley::realtime
