// SPDX-License-Identifier: Apache-2.0
#include "net/server.hpp"

#include "net/acceptor.hpp"
#include "net/connection.hpp"
#include "net/listen_address.hpp"
#include "net/server_state.hpp"
#include "net/tls.hpp"
#include "runtime/task_group.hpp"

#include <utility>

namespace parley::net {
namespace {

using boost::system::error_code;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

// Connections past the limit that are told so; those past these are cut without a word.
constexpr std::int64_t kRefusals = 64;

void take_connection(const std::shared_ptr<ServerState>& state, Socket socket) {
  const auto open = static_cast<std::int64_t>(state->connections.size());
  if (open >= state->config.connections + kRefusals) return;
  const bool refused = open >= state->config.connections;
  std::make_shared<Connection>(state, std::move(socket), refused)->start();
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
      auto acceptor = listen_on(*endpoint, strand_, "server.listen");
      if (!acceptor) return acceptor.error();
      error_code ignored;
      const auto bound = (*acceptor)->local_endpoint(ignored);
      addresses_.push_back({bound.address().to_string(), bound.port()});
      acceptors.push_back(std::move(*acceptor));
    }
    for (auto& acceptor : acceptors) {
      tasks_.spawn(accept_loop(
          std::move(acceptor), [state = state_] { return state->parts.threads.strand(); }, state_->parts.log,
          [state = state_](Socket socket) { take_connection(state, std::move(socket)); }));
    }
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
