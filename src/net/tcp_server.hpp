// SPDX-License-Identifier: Apache-2.0
// A server of protocols that stand on TCP itself: it accepts, reads and writes bytes, and keeps time.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/context.hpp"
#include "runtime/log.hpp"
#include "runtime/result.hpp"
#include "runtime/task.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace parley::net {

// One client. All calls on the server's strand; one of them at a time.
class TcpConnection {
 public:
  virtual ~TcpConnection() = default;

  // What comes next, at most 64 KiB; empty at the end, and once the connection is lost. TIMEOUT when nothing
  // came until `deadline`: the connection is then closed. `idle`: nothing is under way, so a server that
  // stops may end the connection here.
  virtual runtime::Task<runtime::Result<std::string>> read(runtime::TimePoint deadline, bool idle) = 0;
  // Waits until the client has taken all of it: who reads slowly is sent no more than it reads. CANCELLED
  // when it is gone, or takes nothing for the server's write_timeout.
  virtual runtime::Task<runtime::Result<>> write(std::string bytes) = 0;
  // Now; what waits in the other calls ends. Idempotent.
  virtual void close() = 0;
  virtual std::string remote_address() const = 0;
};

// Owns the connection while it runs; when it returns, what was written still arrives. context.stop is asked
// when the server begins to stop; after the server's deadline the handler is cancelled.
using TcpHandler = std::function<runtime::Task<>(runtime::Context, std::shared_ptr<TcpConnection>)>;

struct TcpServerConfig {
  std::string listen;             // as parse_endpoint() takes it
  std::string param;              // the setting that it comes from, for errors
  std::size_t connections = 256;  // more are closed at once
  std::chrono::milliseconds write_timeout{30'000};
};

class TcpServer {
 public:
  // All connections share `strand`.
  TcpServer(TcpServerConfig config, TcpHandler handler, runtime::Executor strand,
            std::shared_ptr<runtime::Log> log);
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  // CONFLICT when the port is taken, BAD_REQUEST when the address cannot be used.
  runtime::Result<> start();
  // "127.0.0.1:10300", with the port that is really bound. After start().
  std::string address() const;

  // Accepts no more, ends what is idle, lets the rest end until `deadline` and then cancels it. To be awaited
  // before destruction.
  runtime::Task<> stop(runtime::TimePoint deadline);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::net
