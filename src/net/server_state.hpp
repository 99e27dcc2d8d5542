// SPDX-License-Identifier: Apache-2.0
// What the connections of one server share. Inside net only.
#pragma once

#include "net/origin_policy.hpp"
#include "net/server.hpp"
#include "runtime/signal.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include <boost/asio/ssl/context.hpp>

namespace parley::net {

class Connection;

// Which connections live. Thread-safe.
class ConnectionRegistry {
 public:
  std::uint64_t add(const std::shared_ptr<Connection>& connection);
  void remove(std::uint64_t id);
  std::size_t size() const;
  std::vector<std::shared_ptr<Connection>> all() const;
  // Waits until none is left or `deadline` passes. True when none is left.
  runtime::Task<bool> wait_empty(runtime::TimePoint deadline);

 private:
  mutable std::mutex mutex_;
  std::uint64_t next_id_ = 1;
  std::map<std::uint64_t, std::weak_ptr<Connection>> connections_;
  runtime::Signal changed_;
};

struct ServerState {
  ServerState(ServerConfig server_config, Router routes, ServerParts server_parts)
      : config(std::move(server_config)),
        router(std::move(routes)),
        policy(config.hosts),
        parts(std::move(server_parts)),
        open_connections(parts.metrics.gauge("parley_connections", "Connections open")),
        open_websockets(parts.metrics.gauge("parley_websocket_connections", "WebSocket connections open")),
        request_seconds(parts.metrics.histogram(
            "parley_http_request_seconds", "From the end of a request's header to the end of its response")) {
  }

  const ServerConfig config;
  const Router router;
  const OriginPolicy policy;
  const ServerParts parts;
  runtime::SystemClock clock;
  std::shared_ptr<boost::asio::ssl::context> tls;

  std::atomic<std::int64_t> buffered_bytes{0};
  std::stop_source draining;  // the server is stopping: no new requests, turns may be finished
  ConnectionRegistry connections;

  runtime::Gauge open_connections;
  runtime::Gauge open_websockets;
  runtime::Histogram request_seconds;
};

// A share of the memory for request bodies, given back at the end.
class BodyReservation {
 public:
  explicit BodyReservation(ServerState& state) : state_(state) {}
  ~BodyReservation() { state_.buffered_bytes -= bytes_; }
  BodyReservation(const BodyReservation&) = delete;
  BodyReservation& operator=(const BodyReservation&) = delete;

  // False when there is no room.
  bool take(std::int64_t bytes) {
    bytes_ += bytes;
    return (state_.buffered_bytes += bytes) <= state_.config.buffered_bytes;
  }

 private:
  ServerState& state_;
  std::int64_t bytes_ = 0;
};

}  // namespace parley::net
