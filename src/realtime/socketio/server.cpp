// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/server.hpp"

#include "realtime/caller.hpp"
#include "realtime/clone_events.hpp"
#include "realtime/run_on.hpp"
#include "realtime/socketio/engine.hpp"
#include "realtime/socketio/talk.hpp"

#include <map>
#include <mutex>
#include <utility>

#include <boost/asio/dispatch.hpp>
#include <boost/json/object.hpp>

namespace parley::realtime::socketio {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::TimePoint;

namespace {

// The conversations there are, with a client or waiting for one. Thread-safe.
class Talks : public std::enable_shared_from_this<Talks> {
 public:
  explicit Talks(std::shared_ptr<const Parts> shared) : parts(std::move(shared)), metrics(parts->metrics) {}

  // Each is over at the latest at `deadline`.
  Task<> wind_up(TimePoint deadline);

  // On `strand`, which is the talk's.
  std::shared_ptr<Talk> make(Admission admission, const runtime::Executor& strand) {
    auto talk =
        std::make_shared<Talk>(parts, metrics, std::move(admission), strand,
                               [self = shared_from_this()](const std::string& key) { self->remove(key); });
    const std::lock_guard lock(mutex_);
    talks_.emplace(talk->key(), talk);
    if (stopping_at_) talk->wind_up(*stopping_at_);
    return talk;
  }
  std::shared_ptr<Talk> find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = talks_.find(key);
    return found == talks_.end() ? nullptr : found->second;
  }

  const std::shared_ptr<const Parts> parts;
  RealtimeMetrics metrics;

 private:
  void remove(const std::string& key) {
    {
      const std::lock_guard lock(mutex_);
      talks_.erase(key);
    }
    removed_.notify();
  }
  // All there are; those that are made from now on end by themselves.
  std::vector<std::shared_ptr<Talk>> stop_at(TimePoint deadline) {
    std::vector<std::shared_ptr<Talk>> talks;
    const std::lock_guard lock(mutex_);
    stopping_at_ = deadline;
    for (const auto& [key, talk] : talks_) talks.push_back(talk);
    return talks;
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Talk>> talks_;
  std::optional<TimePoint> stopping_at_;
  runtime::Signal removed_;
};

std::string text_at(const json::object& object, std::string_view key) {
  const json::value* found = object.if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Task<> resume(std::shared_ptr<Talk> talk, std::shared_ptr<WireSink> sink, std::string offset, bool* done) {
  *done = talk->resume(std::move(sink), offset);
  co_return;
}

Task<> follow_talk(std::shared_ptr<Talk> talk) { co_await talk->follow(); }

// What Socket.IO makes of one Engine.IO connection: it connects to a talk, new or left, and carries it.
class Client final : public EngineListener, public WireSink, public std::enable_shared_from_this<Client> {
 public:
  Client(std::shared_ptr<Talks> talks, std::shared_ptr<EngineConnection> connection)
      : talks_(std::move(talks)), connection_(std::move(connection)), tasks_(connection_->strand()) {}

  // EngineListener, on the connection's strand.
  void message(std::string data, bool binary) override;
  Task<> follow() override {
    const auto talk = talk_;
    if (talk) co_await run_on(talk->strand(), follow_talk(talk));
  }
  void closed() override;

  // WireSink, on the talk's strand.
  void put(std::shared_ptr<const Wire> wire) override {
    boost::asio::dispatch(connection_->strand(), [self = shared_from_this(), wire = std::move(wire)] {
      self->connection_->send(wire->text);
      for (const std::string& attached : wire->attachments) self->connection_->send_binary(attached);
      const auto sample = self->connection_->link();
      const std::lock_guard lock(self->link_mutex_);
      self->link_ = sample;
    });
  }
  std::optional<net::LinkSample> link() const override {
    const std::lock_guard lock(link_mutex_);
    return link_;
  }
  void end() override {
    boost::asio::dispatch(connection_->strand(),
                          [connection = connection_] { connection->close(net::kCloseGoingAway, ""); });
  }

 private:
  void take(Packet packet);
  void refuse(const std::string& space, const Error& problem);
  static Task<> connect(std::shared_ptr<Client> self, json::object auth);
  Task<bool> recover(json::object auth, std::optional<std::string> token);

  std::shared_ptr<Talks> talks_;
  std::shared_ptr<EngineConnection> connection_;
  PacketReader reader_;
  std::shared_ptr<Talk> talk_;
  bool connecting_ = false;
  mutable std::mutex link_mutex_;
  std::optional<net::LinkSample> link_;
  runtime::TaskGroup tasks_;
};

void Client::message(std::string data, bool binary) {
  auto packet = binary ? reader_.binary(std::move(data)) : reader_.text(data);
  if (!packet) {
    talks_->metrics.errors.add();
    return connection_->close(net::kClosePolicy, packet.error().message);
  }
  if (*packet) take(std::move(**packet));
}

void Client::take(Packet packet) {
  if (packet.type == PacketType::kConnect) {
    if (packet.space != "/") {
      return refuse(packet.space, {ErrorCode::kNotFound, "Invalid namespace"});
    }
    if (talk_ || connecting_) return connection_->close(net::kClosePolicy, "connected twice");
    connecting_ = true;
    json::object auth = packet.data.is_object() ? std::move(packet.data.get_object()) : json::object();
    tasks_.spawn(connect(shared_from_this(), std::move(auth)));
    return;
  }
  if (!talk_ || packet.space != "/") {
    return connection_->close(net::kClosePolicy, "not connected to this namespace");
  }
  if (packet.type == PacketType::kDisconnect) {
    boost::asio::dispatch(talk_->strand(), [talk = talk_] { talk->end(); });
    return;
  }
  // Nothing here asks a client to acknowledge.
  if (packet.type != PacketType::kEvent && packet.type != PacketType::kBinaryEvent) return;
  boost::asio::dispatch(talk_->strand(),
                        [talk = talk_, packet = std::move(packet)] { talk->receive(packet); });
}

void Client::refuse(const std::string& space, const Error& problem) {
  talks_->metrics.errors.add();
  const bool token = problem.code == ErrorCode::kUnauthorized;
  json::object data = {{"code", token ? refusal_name(problem) : clone_error_name(problem.code)}};
  if (problem.retry_after) data["retryAfterMs"] = problem.retry_after->count();
  Packet packet{PacketType::kConnectError,
                space,
                std::nullopt,
                json::object{{"message", problem.message}, {"data", std::move(data)}},
                {}};
  connection_->send(format(packet));
}

// True when it goes on with a talk that its last connection left.
Task<bool> Client::recover(json::object auth, std::optional<std::string> token) {
  const auto self = shared_from_this();
  const std::string key = text_at(auth, "pid");
  const auto talk = key.empty() ? nullptr : talks_->find(key);
  if (!talk) co_return false;
  const auto principal =
      talks_->parts->authenticator.admit(token ? std::optional<std::string_view>(*token) : std::nullopt);
  if (!principal || *principal != talk->owner()) co_return false;
  bool resumed = false;
  talk_ = talk;  // its client may speak as soon as it is told
  co_await run_on(talk->strand(), resume(talk, self, text_at(auth, "offset"), &resumed));
  talk_ = resumed ? talk : nullptr;
  co_return resumed;
}

Task<> Client::connect(std::shared_ptr<Client> self, json::object auth) {
  const net::Request& handshake = self->connection_->handshake();
  std::optional<std::string> token;
  if (auth.contains("token")) {
    token = text_at(auth, "token");
  } else if (const auto carried = token_of(handshake)) {
    token = std::string(*carried);
  }
  std::string id = text_at(auth, "sessionId");
  if (id.empty()) id = handshake.query_value("sessionId").value_or("");
  const bool recovered = co_await self->recover(auth, token);
  if (!recovered) {
    runtime::Context context;
    context.correlation_id = handshake.correlation_id;
    auto admission = co_await admit(self->talks_->parts, std::move(context), std::move(token),
                                    id.empty() ? std::nullopt : std::optional(std::move(id)));
    self->connecting_ = false;
    if (!admission) {
      self->refuse("/", admission.error());
      co_return;
    }
    admission->open_speaker = has_open_speaker(handshake, self->talks_->parts->engines.config.cancel_echo);
    self->talk_ = self->talks_->make(std::move(*admission), self->connection_->strand());
    const Packet hello{PacketType::kConnect,
                       "/",
                       std::nullopt,
                       json::object{{"sid", self->talk_->sid()}, {"pid", self->talk_->key()}},
                       {}};
    self->connection_->send(format(hello));
    self->talk_->begin(self);
  }
  self->connecting_ = false;
  self->connection_->begin();
  // It may have gone meanwhile.
  if (!self->connection_->is_open()) self->closed();
}

void Client::closed() {
  const auto talk = std::exchange(talk_, nullptr);
  if (!talk) return;
  boost::asio::dispatch(talk->strand(), [talk, self = shared_from_this()] { talk->lose(self.get()); });
}

Task<> Talks::wind_up(TimePoint deadline) {
  for (const auto& talk : stop_at(deadline)) {
    boost::asio::dispatch(talk->strand(), [talk, deadline] { talk->wind_up(deadline); });
  }
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (talks_.empty()) co_return;
    }
    const bool told = co_await removed_.wait();
    if (!told) co_return;
  }
}

EngineConfig engine_config(const Config& config) {
  EngineConfig engine;
  engine.ping_interval = config.ping_interval;
  engine.ping_timeout = config.ping_timeout;
  engine.connections = 2 * static_cast<std::size_t>(config.max_sessions);
  return engine;
}

}  // namespace

struct Server::State {
  explicit State(const std::shared_ptr<const Parts>& parts)
      : talks(std::make_shared<Talks>(parts)),
        engine(std::make_shared<EngineServer>(engine_config(parts->config), parts->engines.clock,
                                              parts->strand,
                                              [talks = talks](std::shared_ptr<EngineConnection> connection) {
                                                return std::make_shared<Client>(talks, std::move(connection));
                                              })) {}

  std::shared_ptr<Talks> talks;
  std::shared_ptr<EngineServer> engine;
};

Server::Server(std::shared_ptr<const Parts> parts) : state_(std::make_unique<State>(parts)) {}
Server::~Server() = default;

void Server::add_routes(net::Router& router) {
  state_->engine->add_routes(router, "/socket.io/");
  state_->engine->add_routes(router, "/socket.io");
}

Task<> Server::stop(TimePoint deadline) {
  co_await state_->talks->wind_up(deadline);
  co_await state_->engine->stop();
}

}  // namespace parley::realtime::socketio
