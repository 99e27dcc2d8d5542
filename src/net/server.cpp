// SPDX-License-Identifier: Apache-2.0
#include "net/server.hpp"

#include "net/connection.hpp"
#include "net/listen_address.hpp"
#include "net/server_state.hpp"
#include "net/tls.hpp"
#include "runtime/task_group.hpp"

#include <optional>
#include <tuple>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, runtime::Executor>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable_t<runtime::Executor>());
// Connections past the limit that are told so; those past these are cut without a word.
constexpr std::int64_t kRefusals = 64;
constexpr auto kAcceptPause = std::chrono::milliseconds(100);

Result<std::shared_ptr<Acceptor>> listen_on(const asio::ip::tcp::endpoint& endpoint,
                                            const runtime::Executor& strand) {
  auto acceptor = std::make_shared<Acceptor>(strand);
  error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) acceptor->set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor->bind(endpoint, error);
  if (!error) acceptor->listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  const std::string where = endpoint.address().to_string() + " port " + std::to_string(endpoint.port());
  if (error == asio::error::address_in_use) {
    return Error{ErrorCode::kConflict, where + " is in use by another program", "server.listen"};
  }
  return Error{ErrorCode::kBadRequest, "cannot listen on " + where + ": " + error.message(), "server.listen"};
}

Task<> accept_loop(std::shared_ptr<ServerState> state, std::shared_ptr<Acceptor> acceptor) {
  for (;;) {
    auto [failure, socket] = co_await acceptor->async_accept(state->parts.threads.strand(), kAwait);
    if (failure == asio::error::operation_aborted) break;
    if (failure) {
      // Out of file descriptors, most likely: some will come back.
      state->parts.log->warn({}, "accept_failed", {{"what", failure.message()}});
      asio::steady_timer pause(acceptor->get_executor(), kAcceptPause);
      const auto [cancelled] = co_await pause.async_wait(kAwait);
      if (cancelled) break;
      continue;
    }
    const auto open = static_cast<std::int64_t>(state->connections.size());
    if (open >= state->config.connections + kRefusals) continue;
    const bool refused = open >= state->config.connections;
    std::make_shared<Connection>(state, std::move(socket), refused)->start();
  }
  error_code ignored;
  acceptor->close(ignored);
}

}  // namespace

std::uint64_t ConnectionRegistry::add(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  connections_.emplace(next_id_, connection);
  return next_id_++;
}

void ConnectionRegistry::remove(std::uint64_t id) {
  {
    const std::lock_guard lock(mutex_);
    connections_.erase(id);
  }
  changed_.notify();
}

std::size_t ConnectionRegistry::size() const {
  const std::lock_guard lock(mutex_);
  return connections_.size();
}

std::vector<std::shared_ptr<Connection>> ConnectionRegistry::all() const {
  std::vector<std::shared_ptr<Connection>> live;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, weak] : connections_) {
    auto connection = weak.lock();
    if (connection) live.push_back(std::move(connection));
  }
  return live;
}

Task<bool> ConnectionRegistry::wait_empty(TimePoint deadline) {
  for (;;) {
    const bool empty = size() == 0;
    if (empty) co_return true;
    const bool changed = co_await changed_.wait(deadline);
    if (!changed) co_return size() == 0;
  }
}

class Server::Impl {
 public:
  Impl(ServerConfig config, Router router, ServerParts parts)
      : state_(std::make_shared<ServerState>(std::move(config), std::move(router), std::move(parts))),
        strand_(state_->parts.threads.strand()),
        tasks_(strand_) {}

  Result<> start() {
    const auto valid = state_->config.validate();
    if (!valid) return valid.error();
    auto tls = make_tls_context(state_->config, state_->parts.data_dir, state_->clock.wall_now());
    if (!tls) return tls.error();
    state_->tls = std::move(*tls);
    std::vector<std::shared_ptr<Acceptor>> acceptors;
    for (const auto& text : state_->config.listen) {
      const auto endpoint = parse_listen_address(text);
      if (!endpoint) return endpoint.error();
      auto acceptor = listen_on(*endpoint, strand_);
      if (!acceptor) return acceptor.error();
      error_code ignored;
      const auto bound = (*acceptor)->local_endpoint(ignored);
      addresses_.push_back({bound.address().to_string(), bound.port()});
      acceptors.push_back(std::move(*acceptor));
    }
    for (auto& acceptor : acceptors) tasks_.spawn(accept_loop(state_, std::move(acceptor)));
    running_ = true;
    return {};
  }

  Task<> stop(TimePoint deadline) {
    running_ = false;
    co_await tasks_.stop();
    state_->draining.request_stop();
    for (const auto& connection : state_->connections.all()) connection->drain();
    const bool ended = co_await state_->connections.wait_empty(deadline);
    if (ended) co_return;
    for (const auto& connection : state_->connections.all()) connection->abort();
    const bool gone = co_await state_->connections.wait_empty(TimePoint::max());
    static_cast<void>(gone);
  }

  const std::vector<ListenAddress>& addresses() const { return addresses_; }
  bool running() const { return running_; }
  runtime::IoThreads& threads() { return state_->parts.threads; }

 private:
  std::shared_ptr<ServerState> state_;
  runtime::Executor strand_;
  std::vector<ListenAddress> addresses_;
  bool running_ = false;
  runtime::TaskGroup tasks_;
};

Server::Server(ServerConfig config, Router router, ServerParts parts)
    : impl_(std::make_shared<Impl>(std::move(config), std::move(router), std::move(parts))) {}

Server::~Server() {
  if (impl_->running()) impl_->threads().run(impl_->stop(TimePoint::min()));
}

Result<> Server::start() { return impl_->start(); }
std::vector<ListenAddress> Server::addresses() const { return impl_->addresses(); }
Task<> Server::stop(TimePoint deadline) { return impl_->stop(deadline); }

}  // namespace parley::net
