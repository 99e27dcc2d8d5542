// SPDX-License-Identifier: Apache-2.0
// A conversation over a line, from its greeting to its end, whatever the protocol.
#pragma once

#include "conversation/session.hpp"
#include "net/websocket.hpp"
#include "realtime/line.hpp"
#include "runtime/clock.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace parley::realtime {

// What a protocol does with its line. All calls on the line's strand.
class SocketProtocol {
 public:
  virtual ~SocketProtocol() = default;

  virtual void greet() = 0;
  // Its client is back, and had everything up to message `seen`: what followed is sent again behind this. A
  // client that does not say is sent nothing again.
  virtual void welcome_back(std::optional<std::uint64_t> seen) = 0;
  virtual void receive(const net::WebSocketMessage& message) = 0;
  virtual conversation::Session& conversation() = 0;
  // Its owner agrees to be recorded, or no more.
  virtual void agree(bool consent) = 0;
  // Awaited before it is destroyed.
  virtual runtime::Task<> close() = 0;

  // wake() is called when no message has come until then, and perhaps sooner.
  virtual runtime::TimePoint wake_at() const { return runtime::TimePoint::max(); }
  virtual void wake() {}
};

// Serves until the conversation is over, on the line's first socket and while its client is away. A client
// that sends faster than it is recognised is made to wait. When the server stops, the turn under way is
// finished first, as far as its grace allows.
runtime::Task<> converse(runtime::Context context, std::shared_ptr<Line> line,
                         std::shared_ptr<SocketProtocol> protocol);

// Who comes back to a conversation.
struct Return {
  accounts::Principal principal;
  std::string_view protocol;
  std::optional<std::uint64_t> seen;  // the last message that arrived; nothing: go on from now
};

// Goes on with the conversation over another socket, on whose strand it is called, until that is gone.
// FORBIDDEN when it is somebody else's, NOT_FOUND when it is over, CONFLICT when it speaks another protocol
// or the client has missed more than is kept: then nothing has changed, nor been sent.
runtime::Task<runtime::Result<>> come_back(std::shared_ptr<Line> line, std::shared_ptr<net::WebSocket> socket,
                                           Return back);

}  // namespace parley::realtime
