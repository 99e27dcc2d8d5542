// SPDX-License-Identifier: Apache-2.0
// Socket.IO 5 at /socket.io/: the conversational clone's events, over polling and WebSocket.
#pragma once

#include "net/router.hpp"
#include "realtime/parts.hpp"

#include <memory>

namespace parley::realtime::socketio {

class Server {
 public:
  explicit Server(std::shared_ptr<const Parts> parts);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void add_routes(net::Router& router);
  // Lets turns under way end until `deadline`, says goodbye and waits until everybody is gone.
  runtime::Task<> stop(runtime::TimePoint deadline);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::realtime::socketio
