// SPDX-License-Identifier: Apache-2.0
// Wyoming over TCP: speech recognition, voices and answers for Home Assistant. It knows no authentication, so
// it listens only where it was told to.
#pragma once

#include "net/tcp_server.hpp"
#include "realtime/parts.hpp"

#include <memory>
#include <string>

namespace parley::realtime::wyoming {

class Server {
 public:
  explicit Server(std::shared_ptr<const Parts> parts);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // On the address of the configuration. Errors as of net::TcpServer.
  runtime::Result<> start();
  // With the port that is really bound. After start().
  std::string address() const;
  // Lets requests under way end until `deadline`. To be awaited before destruction.
  runtime::Task<> stop(runtime::TimePoint deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
  net::TcpServer server_;
};

}  // namespace parley::realtime::wyoming
