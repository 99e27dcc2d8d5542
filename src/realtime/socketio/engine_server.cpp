// SPDX-License-Identifier: Apache-2.0
#include "realtime/run_on.hpp"
#include "realtime/socketio/engine.hpp"
#include "runtime/ids.hpp"
#include "runtime/json.hpp"

#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace parley::realtime::socketio {
namespace json = boost::json;

using net::Request;
using net::Response;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// The errors of the protocol's reference server, which clients show.
enum class Refusal : std::uint8_t { kTransport, kSession, kMethod, kRequest, kForbidden, kVersion };

Response refuse(Refusal refusal) {
  constexpr const char* kMessages[] = {
      "Transport unknown", "Session ID unknown", "Bad handshake method",
      "Bad request",       "Forbidden",          "Unsupported protocol version"};
  const auto code = static_cast<std::size_t>(refusal);
  return net::json_response(400, json::object{{"code", code}, {"message", kMessages[code]}});
}

Response payload_response(std::string body) {
  Response response = net::text_response(200, std::move(body));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

std::optional<Refusal> check(const Request& request, std::string_view transport) {
  if (request.query_value("EIO") != "4") return Refusal::kVersion;
  if (request.query_value("transport") != transport) return Refusal::kTransport;
  return std::nullopt;
}

// As coroutines, to be run on a connection's strand.
Task<> open(std::shared_ptr<EngineConnection> connection, EngineServer::Listen listen,
            std::shared_ptr<net::WebSocket> socket) {
  connection->open(listen(connection), std::move(socket));
  co_return;
}
Task<bool> begin_upgrade(std::shared_ptr<EngineConnection> connection) {
  co_return connection->begin_upgrade();
}
Task<> finish_upgrade(std::shared_ptr<EngineConnection> connection, std::shared_ptr<net::WebSocket> socket) {
  connection->finish_upgrade(std::move(socket));
  co_return;
}
Task<> abandon_upgrade(std::shared_ptr<EngineConnection> connection) {
  connection->abandon_upgrade();
  co_return;
}
Task<> lost(std::shared_ptr<EngineConnection> connection, std::shared_ptr<net::WebSocket> socket) {
  connection->lost(socket);
  co_return;
}
Task<> close(std::shared_ptr<EngineConnection> connection, std::uint16_t code, std::string reason) {
  connection->close(code, std::move(reason));
  co_return;
}

// Reads until the WebSocket is closed.
Task<> carry(std::shared_ptr<EngineConnection> connection, std::shared_ptr<net::WebSocket> socket) {
  for (;;) {
    auto message = co_await socket->read();
    if (!message || !message->has_value()) break;
    net::WebSocketMessage& frame = **message;
    auto packet = frame.text ? parse_engine_packet(frame.data)
                             : EnginePacket{EngineType::kMessage, std::move(frame.data), true};
    if (!packet) {
      co_await run_on(connection->strand(),
                      close(connection, net::kCloseProtocolError, packet.error().message));
      continue;
    }
    const auto taken = co_await run_on(connection->strand(), connection->take(std::move(*packet)));
    static_cast<void>(taken);  // what is wrong with it has closed the connection
  }
  co_await run_on(connection->strand(), lost(connection, socket));
}

}  // namespace

EngineServer::EngineServer(EngineConfig config, std::shared_ptr<const runtime::Clock> clock,
                           std::function<runtime::Executor()> strand, Listen listen)
    : config_(config), clock_(std::move(clock)), strand_(std::move(strand)), listen_(std::move(listen)) {}

void EngineServer::add_routes(net::Router& router, const std::string& path) {
  // A poll is answered at the latest by the next ping; a body that is taken in as fast as it is heard.
  net::RouteOptions polling;
  polling.timeout = config_.ping_interval + config_.ping_timeout + std::chrono::seconds(30);
  polling.body_limit = kMaxPayloadBytes;
  const auto self = shared_from_this();
  router.add(
      net::Method::kGet, path,
      [self](Context context, Request request) { return get(self, std::move(context), std::move(request)); },
      polling);
  router.add(
      net::Method::kPost, path,
      [self](Context context, Request request) { return post(self, std::move(context), std::move(request)); },
      polling);
  router.websocket(path, {}, [self](Context, std::shared_ptr<net::WebSocket> socket) {
    return websocket(self, std::move(socket));
  });
}

std::shared_ptr<EngineConnection> EngineServer::make(Request handshake, runtime::Executor strand) {
  auto connection = std::make_shared<EngineConnection>(shared_from_this(), runtime::make_id("eio"),
                                                       std::move(handshake), std::move(strand));
  std::shared_ptr<EngineConnection> gives_way;
  {
    const std::lock_guard lock(mutex_);
    const bool full = connections_.size() >= config_.connections;
    if (stopping_ || (full && unbegun_.empty())) return nullptr;
    if (full) {
      gives_way = std::move(connections_.extract(unbegun_.front()).mapped());
      unbegun_.pop_front();
    }
    connections_.emplace(connection->id(), connection);
    unbegun_.push_back(connection->id());
  }
  if (gives_way) {
    boost::asio::post(gives_way->strand(),
                      [gives_way] { gives_way->close(net::kCloseTryAgainLater, "too many connections"); });
  }
  return connection;
}

void EngineServer::begun(const std::string& id) {
  const std::lock_guard lock(mutex_);
  std::erase(unbegun_, id);
}

std::shared_ptr<EngineConnection> EngineServer::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(std::string(id));
  return found == connections_.end() ? nullptr : found->second;
}

void EngineServer::remove(const std::string& id) {
  {
    const std::lock_guard lock(mutex_);
    connections_.erase(id);
    std::erase(unbegun_, id);
  }
  removed_.notify();
}

EnginePacket EngineServer::greeting(const EngineConnection& connection) const {
  const bool polls = connection.handshake().query_value("transport") == "polling";
  return {EngineType::kOpen,
          runtime::to_json(json::object{{"sid", connection.id()},
                                        {"upgrades", polls ? json::array{"websocket"} : json::array{}},
                                        {"pingInterval", config_.ping_interval.count()},
                                        {"pingTimeout", config_.ping_timeout.count()},
                                        {"maxPayload", kMaxPayloadBytes}}),
          false};
}

Task<Response> EngineServer::get(std::shared_ptr<EngineServer> self, Context context, Request request) {
  const auto refusal = check(request, "polling");
  if (refusal) co_return refuse(*refusal);
  const auto sid = request.query_value("sid");
  if (!sid) {
    const auto made = self->make(std::move(request), self->strand_());
    if (!made) {
      co_return net::error_response(
          context, {ErrorCode::kOverloaded, "too many connections", "", std::chrono::seconds(5)});
    }
    co_await run_on(made->strand(), open(made, self->listen_, nullptr));
    const EnginePacket hello = self->greeting(*made);
    co_return payload_response(format(hello));
  }
  const auto connection = self->find(*sid);
  if (!connection) co_return refuse(Refusal::kSession);
  auto payload = co_await run_on(connection->strand(), connection->poll());
  if (!payload) co_return refuse(Refusal::kRequest);
  co_return payload_response(std::move(*payload));
}

Task<Response> EngineServer::post(std::shared_ptr<EngineServer> self, Context context, Request request) {
  static_cast<void>(context);
  const auto refusal = check(request, "polling");
  if (refusal) co_return refuse(*refusal);
  const auto sid = request.query_value("sid");
  if (!sid) co_return refuse(Refusal::kMethod);
  const auto connection = self->find(*sid);
  if (!connection) co_return refuse(Refusal::kSession);
  auto packets = parse_payload(request.body);
  if (!packets) {
    co_await run_on(connection->strand(),
                    close(connection, net::kCloseProtocolError, packets.error().message));
    co_return refuse(Refusal::kRequest);
  }
  for (EnginePacket& packet : *packets) {
    const auto taken = co_await run_on(connection->strand(), connection->take(std::move(packet)));
    if (!taken) co_return refuse(Refusal::kRequest);
  }
  co_return net::text_response(200, "ok", "text/html");
}

Task<> EngineServer::websocket(std::shared_ptr<EngineServer> self, std::shared_ptr<net::WebSocket> socket) {
  const Request& request = socket->request();
  const auto refusal = check(request, "websocket");
  if (refusal) {
    socket->close(net::kClosePolicy, "Engine.IO 4 is spoken here");
    co_return;
  }
  if (const auto sid = request.query_value("sid")) {
    auto connection = self->find(*sid);
    if (!connection) {
      socket->close(net::kClosePolicy, "Session ID unknown");
      co_return;
    }
    co_await upgrade(self, std::move(connection), std::move(socket));
    co_return;
  }
  const auto connection = self->make(request, socket->executor());
  if (!connection) {
    socket->close(net::kCloseTryAgainLater, "too many connections");
    co_return;
  }
  const auto sent = socket->send_text(format(self->greeting(*connection)));
  static_cast<void>(sent);  // its reader ends at once
  co_await run_on(connection->strand(), open(connection, self->listen_, socket));
  co_await carry(connection, socket);
}

// The client probes the WebSocket, ends its polling and goes over.
Task<> EngineServer::upgrade(std::shared_ptr<EngineServer> self, std::shared_ptr<EngineConnection> connection,
                             std::shared_ptr<net::WebSocket> socket) {
  const auto deadline = self->clock_->now() + self->config_.upgrade_timeout;
  const auto probe = co_await socket->read(deadline);
  const bool probed = probe && probe->has_value() && (*probe)->text && (*probe)->data == "2probe";
  bool begun = false;
  if (probed) begun = co_await run_on(connection->strand(), begin_upgrade(connection));
  if (!begun) {
    socket->close(net::kClosePolicy, "the upgrade was not expected");
    co_return;
  }
  const auto answered = socket->send_text("3probe");
  static_cast<void>(answered);
  const auto last = co_await socket->read(deadline);
  const bool ready = last && last->has_value() && (*last)->text && (*last)->data == "5";
  if (!ready) {
    co_await run_on(connection->strand(), abandon_upgrade(connection));
    socket->close(net::kClosePolicy, "the upgrade was not finished");
    co_return;
  }
  co_await run_on(connection->strand(), finish_upgrade(connection, socket));
  co_await carry(connection, socket);
}

Task<> EngineServer::stop() {
  std::vector<std::shared_ptr<EngineConnection>> open_ones;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& [id, connection] : connections_) open_ones.push_back(connection);
  }
  for (const auto& connection : open_ones) {
    co_await run_on(connection->strand(), close(connection, net::kCloseGoingAway, "the server is stopping"));
  }
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (connections_.empty()) co_return;
    }
    const bool told = co_await removed_.wait();
    if (!told) co_return;
  }
}

}  // namespace parley::realtime::socketio
