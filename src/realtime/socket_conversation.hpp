// SPDX-License-Identifier: Apache-2.0
// A conversation over one WebSocket, from its greeting to its end, whatever the protocol.
#pragma once

#include "conversation/session.hpp"
#include "net/websocket.hpp"
#include "realtime/live_sessions.hpp"
#include "runtime/clock.hpp"

#include <memory>
#include <string>

namespace parley::realtime {

// What a protocol does with its connection. All calls on the connection's strand.
class SocketProtocol {
 public:
  virtual ~SocketProtocol() = default;

  virtual void greet() = 0;
  virtual void receive(const net::WebSocketMessage& message) = 0;
  virtual conversation::Session& conversation() = 0;
  // Awaited before it is destroyed.
  virtual runtime::Task<> close() = 0;

  // wake() is called when no message has come until then, and perhaps sooner.
  virtual runtime::TimePoint wake_at() const { return runtime::TimePoint::max(); }
  virtual void wake() {}
};

// Closes the connection, from any thread.
LiveSessions::End ender(const std::shared_ptr<net::WebSocket>& socket);

// Serves until the connection closes. A client that sends faster than it is recognised is made to wait. When
// the server stops, the turn under way is finished first, as far as its grace allows.
runtime::Task<> converse(runtime::Context context, std::shared_ptr<net::WebSocket> socket,
                         std::shared_ptr<SocketProtocol> protocol);

}  // namespace parley::realtime
