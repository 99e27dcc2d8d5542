// SPDX-License-Identifier: Apache-2.0
// Serves one WebSocket from the accepted upgrade to the end. Inside net only.
#pragma once

#include "net/server_state.hpp"
#include "net/socket_stream.hpp"

#include <memory>

#include <boost/asio/cancellation_signal.hpp>

namespace parley::net {

struct WebSocketUpgrade {
  std::shared_ptr<ServerState> state;
  std::unique_ptr<SocketStream> stream;
  const Route& route;
  runtime::Context context;
  Request request;
  std::stop_token hard_stop;                 // no more time, not even for a handler to begin
  boost::asio::cancellation_signal& cancel;  // ends the handler when emitted
};

// True when it is a well-formed request to speak version 13 (RFC 6455, 4.2.1).
runtime::Result<> check_upgrade(const Request& request);

// Returns when the connection is closed and the handler has returned.
runtime::Task<> run_websocket(WebSocketUpgrade upgrade);

}  // namespace parley::net
