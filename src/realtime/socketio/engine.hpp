// SPDX-License-Identifier: Apache-2.0
// Engine.IO 4: connections that begin by long polling and go on over a WebSocket, or are one from the start.
// What is said over them is for a listener.
#pragma once

#include "net/router.hpp"
#include "realtime/socketio/engine_packet.hpp"
#include "runtime/clock.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace parley::realtime::socketio {

struct EngineConfig {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds upgrade_timeout{10'000};
  std::chrono::milliseconds connect_timeout{10'000};  // for a client to begin what it came for
  std::size_t connections = 4000;  // when all are taken, the oldest that has not begun gives way to the next
  std::size_t queue_bytes = 8 * 1024 * 1024;  // for a client that polls; past it the connection is closed
};

// All calls on the connection's strand.
class EngineListener {
 public:
  virtual ~EngineListener() = default;
  virtual void message(std::string data, bool binary) = 0;
  // Waited for before more is read.
  virtual runtime::Task<> follow() = 0;
  // Nothing is said any more.
  virtual void closed() = 0;
};

class EngineServer;

// One client, whatever carries it at the moment. All calls on its strand.
class EngineConnection : public std::enable_shared_from_this<EngineConnection> {
 public:
  EngineConnection(std::shared_ptr<EngineServer> server, std::string id, net::Request handshake,
                   runtime::Executor strand);

  const std::string& id() const { return id_; }
  // The request that opened it.
  const net::Request& handshake() const { return handshake_; }
  runtime::Executor strand() const { return strand_; }
  bool is_open() const { return !closed_; }
  // As of the WebSocket that carries it, if one does.
  std::optional<net::LinkSample> link() const { return socket_ ? socket_->link() : std::nullopt; }

  // Leaves as soon as there is something to carry it, in order. A client that does not take what it is sent
  // is closed.
  void send(std::string text) { enqueue({EngineType::kMessage, std::move(text), false}); }
  void send_binary(std::string bytes) { enqueue({EngineType::kMessage, std::move(bytes), true}); }
  // The client has begun what it came for.
  void begin();
  // Idempotent. `code` is for a WebSocket.
  void close(std::uint16_t code, std::string reason);

  // For the server.
  void open(std::shared_ptr<EngineListener> listener, std::shared_ptr<net::WebSocket> socket);
  runtime::Task<runtime::Result<>> take(EnginePacket packet);
  // The next payload for a client that polls; nothing when it has a WebSocket, or polls twice at once, which
  // ends the connection.
  runtime::Task<std::optional<std::string>> poll();
  // A WebSocket wants to carry it. False when there is one already.
  bool begin_upgrade();
  void finish_upgrade(std::shared_ptr<net::WebSocket> socket);
  void abandon_upgrade() { upgrading_ = false; }
  void lost(const std::shared_ptr<net::WebSocket>& socket);

 private:
  static runtime::Task<> beat(std::shared_ptr<EngineConnection> self);
  void enqueue(EnginePacket packet);
  void flush();
  std::vector<EnginePacket> take_queue();

  const std::shared_ptr<EngineServer> server_;
  const std::string id_;
  const net::Request handshake_;
  const runtime::Executor strand_;
  std::shared_ptr<EngineListener> listener_;
  std::shared_ptr<net::WebSocket> socket_;  // null: the client polls
  std::deque<EnginePacket> queue_;
  std::size_t queued_bytes_ = 0;
  bool polling_ = false;
  bool upgrading_ = false;
  bool begun_ = false;
  bool pong_due_ = false;
  bool closed_ = false;
  runtime::Signal readable_;
  runtime::Signal beat_;
  runtime::TaskGroup tasks_;
};

class EngineServer : public std::enable_shared_from_this<EngineServer> {
 public:
  using Listen = std::function<std::shared_ptr<EngineListener>(std::shared_ptr<EngineConnection>)>;

  // `strand` makes one for a client that polls. `listen` is called for each new connection, on its strand.
  EngineServer(EngineConfig config, std::shared_ptr<const runtime::Clock> clock,
               std::function<runtime::Executor()> strand, Listen listen);

  // GET, POST and WebSocket at `path`.
  void add_routes(net::Router& router, const std::string& path);
  // Takes no more clients, closes those there are and waits until they are gone.
  runtime::Task<> stop();

  const EngineConfig& config() const { return config_; }
  const runtime::Clock& clock() const { return *clock_; }
  void begun(const std::string& id);
  void remove(const std::string& id);

 private:
  static runtime::Task<net::Response> get(std::shared_ptr<EngineServer> self, runtime::Context context,
                                          net::Request request);
  static runtime::Task<net::Response> post(std::shared_ptr<EngineServer> self, runtime::Context context,
                                           net::Request request);
  static runtime::Task<> websocket(std::shared_ptr<EngineServer> self,
                                   std::shared_ptr<net::WebSocket> socket);
  static runtime::Task<> upgrade(std::shared_ptr<EngineServer> self,
                                 std::shared_ptr<EngineConnection> connection,
                                 std::shared_ptr<net::WebSocket> socket);
  // Nothing when the server is full of connections that have begun, or stopping.
  std::shared_ptr<EngineConnection> make(net::Request handshake, runtime::Executor strand);
  std::shared_ptr<EngineConnection> find(std::string_view id) const;
  // The open packet of a connection.
  EnginePacket greeting(const EngineConnection& connection) const;

  const EngineConfig config_;
  const std::shared_ptr<const runtime::Clock> clock_;
  const std::function<runtime::Executor()> strand_;
  const Listen listen_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<EngineConnection>> connections_;
  std::deque<std::string> unbegun_;  // the ids of those that have not begun, oldest first
  bool stopping_ = false;
  runtime::Signal removed_;
};

}  // namespace parley::realtime::socketio
