// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/server.hpp"

#include "realtime/wyoming/client.hpp"

#include <exception>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace parley::realtime::wyoming {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

struct Server::State {
  explicit State(std::shared_ptr<const Parts> shared)
      : parts(std::move(shared)), metrics(parts->metrics), strand(parts->strand()) {}

  static Task<> serve(std::shared_ptr<State> state, Context context,
                      std::shared_ptr<net::TcpConnection> connection);

  const std::shared_ptr<const Parts> parts;
  RealtimeMetrics metrics;
  const runtime::Executor strand;
};

Task<> Server::State::serve(std::shared_ptr<State> state, Context context,
                            std::shared_ptr<net::TcpConnection> connection) {
  runtime::Log& log = *state->parts->engines.log;
  Client client(state->parts, state->metrics, context, connection, state->strand);
  Result<> ended;
  try {
    ended = co_await client.run();
  } catch (const std::exception& caught) {
    // Cancelled between two waits, or a bug. The place is given back in either case.
    const bool stopping = context.cancelled();
    if (!stopping) log.error(context, "wyoming_failed", {{"what", caught.what()}});
    ended = Error{stopping ? ErrorCode::kCancelled : ErrorCode::kInternalError, "something went wrong"};
  }
  // Also when it is the server that has no more time.
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::disable_cancellation());
  if (!ended && ended.error().code != ErrorCode::kCancelled) {
    log.info(context, "wyoming_ended",
             {{"client", connection->remote_address()}, {"why", runtime::to_string(ended.error())}});
    co_await client.complain(ended.error());
  }
  co_await client.leave();
}

namespace {

constexpr std::size_t kConnections = 64;  // each may hold some 10 MB

net::TcpServerConfig server_config(const Config& config) {
  net::TcpServerConfig made;
  made.listen = config.wyoming;
  made.param = "realtime.wyoming";
  made.connections = kConnections;
  return made;
}

}  // namespace

Server::Server(std::shared_ptr<const Parts> parts)
    : state_(std::make_shared<State>(std::move(parts))),
      server_(
          server_config(state_->parts->config),
          [state = state_](Context context, std::shared_ptr<net::TcpConnection> connection) {
            return State::serve(state, std::move(context), std::move(connection));
          },
          state_->strand, state_->parts->engines.log) {}

Server::~Server() = default;

Result<> Server::start() { return server_.start(); }
std::string Server::address() const { return server_.address(); }
Task<> Server::stop(runtime::TimePoint deadline) { return server_.stop(deadline); }

}  // namespace parley::realtime::wyoming
