// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 and WebSocket server: one strand per connection, plain and TLS on the same port.
#pragma once

#include "net/config.hpp"
#include "net/router.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace parley::net {

struct ListenAddress {
  std::string host;  // an IP address
  std::uint16_t port = 0;
};

// What the server is built from; all of it outlives the server. The threads also outlive every pool whose
// work wakes a handler.
struct ServerParts {
  runtime::IoThreads& threads;
  runtime::Metrics& metrics;
  std::shared_ptr<runtime::Log> log;
  std::filesystem::path data_dir;  // where the certificate of tls = "auto" is kept
};

class Server {
 public:
  Server(ServerConfig config, Router router, ServerParts parts);
  // A server that still runs is stopped without grace. Not on an I/O thread.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Binds every address and begins to accept. FORBIDDEN when an address is not loopback (there are no
  // accounts yet), CONFLICT when a port is taken, BAD_REQUEST when an address or a certificate cannot be
  // used.
  runtime::Result<> start();

  // Where it listens, in the order of the configuration, with the ports really bound.
  std::vector<ListenAddress> addresses() const;

  // Stops accepting, closes idle connections, tells WebSocket handlers by their stop token, and lets what
  // runs end until `deadline`; then cancels the rest. WebSockets close with 1001. Returns when the last
  // connection is gone.
  runtime::Task<> stop(runtime::TimePoint deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace parley::net
