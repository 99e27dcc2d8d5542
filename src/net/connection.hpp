// SPDX-License-Identifier: Apache-2.0
// One client's connection: its requests one after the other, or its WebSocket. Inside net only.
#pragma once

#include "net/server_state.hpp"
#include "net/socket_stream.hpp"
#include "runtime/task_group.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/beast/core/flat_buffer.hpp>

namespace parley::net {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // `refused`: it is one too many, and is only told so.
  Connection(std::shared_ptr<ServerState> state, Socket socket, bool refused);
  ~Connection();

  // Registers it and begins to serve. It keeps itself alive until it ends.
  void start();

  // The server is stopping: ends now when no request is at work, else after the present one. Any thread.
  void drain();
  // Cancels what is at work and ends. Any thread.
  void abort();

 private:
  struct Exchange;
  struct Incoming;
  enum class Phase : std::uint8_t { kIdle, kWorking, kEvents, kWebSocket };

  static runtime::Task<> run(std::shared_ptr<Connection> self);
  static runtime::Task<> watch_for_end(std::shared_ptr<Connection> self);

  // Each of those that return bool: false when the connection is at its end.
  runtime::Task<bool> wait_for_request();
  runtime::Task<bool> serve_request();
  runtime::Task<bool> read_head(Incoming& incoming, Exchange& exchange);
  void take_request(Incoming& incoming, Exchange& exchange);
  void find_route(Exchange& exchange);
  void answer_options(Exchange& exchange);
  runtime::Task<bool> read_body(Incoming& incoming, Exchange& exchange);
  runtime::Task<> call_handler(Exchange& exchange);
  runtime::Task<bool> respond(Exchange& exchange);
  runtime::Task<bool> serve_events(std::unique_ptr<EventSource> events, bool chunked);
  runtime::Task<bool> write_pieces(std::unique_ptr<BodySource> source);
  runtime::Task<> write_events(std::unique_ptr<EventSource> events, bool chunked);
  runtime::Task<> serve_websocket(Exchange& exchange);
  void fail(Exchange& exchange, const runtime::Error& error);
  void record(const Exchange& exchange);

  std::shared_ptr<ServerState> state_;
  std::unique_ptr<SocketStream> stream_;
  runtime::Executor strand_;
  const bool refused_;
  std::uint64_t id_ = 0;
  boost::beast::flat_buffer unread_;  // received, not yet parsed: the beginning of the next request
  std::size_t served_ = 0;
  Phase phase_ = Phase::kWorking;
  bool aborted_ = false;
  std::stop_source hard_stop_;
  boost::asio::cancellation_signal cancel_;  // of the handler, or of the event stream
  runtime::TaskGroup tasks_;
};

}  // namespace parley::net
