// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/engine.hpp"

#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace parley::realtime::socketio {
namespace {

using namespace std::chrono_literals;
using net::testing::RawClient;

// Says back what it hears, and has begun then; or at once, if the client says so.
class Echo final : public EngineListener {
 public:
  explicit Echo(std::shared_ptr<EngineConnection> connection) : connection_(std::move(connection)) {
    if (connection_->handshake().query_value("begun")) connection_->begin();
  }
  void message(std::string data, bool) override {
    if (!connection_) return;
    connection_->begin();
    connection_->send(std::move(data));
  }
  runtime::Task<> follow() override { co_return; }
  void closed() override { connection_.reset(); }

 private:
  std::shared_ptr<EngineConnection> connection_;
};

struct Harness {
  explicit Harness(EngineConfig config)
      : engine(std::make_shared<EngineServer>(
            config, std::make_shared<runtime::SystemClock>(), [this] { return threads->strand(); },
            [](auto connection) { return std::make_shared<Echo>(std::move(connection)); })),
        server(routes(), {}, threads) {}
  ~Harness() { threads->run(engine->stop()); }

  net::Router routes() {
    net::Router router;
    engine->add_routes(router, "/engine.io/");
    return router;
  }
  std::string get(const std::string& query) {
    RawClient client(server.port());
    const auto response = client.exchange("GET /engine.io/?EIO=4&transport=polling" + query +
                                          " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    return response ? response->body : "";
  }

  std::shared_ptr<runtime::IoThreads> threads = std::make_shared<runtime::IoThreads>(2);
  std::shared_ptr<EngineServer> engine;
  net::testing::TestServer server;
};

std::string sid_of(const std::string& greeting) {
  const auto at = greeting.find("eio_");
  return greeting.substr(at, greeting.find('"', at) - at);
}

void expect_open(RawClient& client, const std::string& query = "") {
  ASSERT_TRUE(client.upgrade("/engine.io/?EIO=4&transport=websocket" + query));
  EXPECT_NE(client.read_frame()->data.find("pingInterval"), std::string::npos);
}

TEST(EngineServer, ClosesWhoBeginsNothingAndNobodyElse) {
  EngineConfig config;
  config.connect_timeout = 20ms;
  config.ping_interval = 200ms;
  Harness h(config);
  RawClient client(h.server.port());
  expect_open(client, "&begun=1");
  RawClient idle(h.server.port());
  expect_open(idle);
  EXPECT_EQ(idle.read_frame()->opcode, 8);
  EXPECT_EQ(client.read_frame()->data, "2") << "it is still asked whether it is there";
}

TEST(EngineServer, TheOldestThatHasNotBegunGivesWay) {
  EngineConfig config;
  config.connections = 3;
  config.connect_timeout = 1min;
  Harness h(config);
  RawClient client(h.server.port());
  expect_open(client);
  client.send_text("4hello");
  EXPECT_EQ(client.read_frame()->data, "4hello");
  RawClient idle(h.server.port());
  expect_open(idle);
  const std::string next = sid_of(h.get(""));
  const std::string last = sid_of(h.get(""));
  EXPECT_EQ(idle.read_frame()->opcode, 8);
  RawClient another(h.server.port());
  expect_open(another);
  EXPECT_NE(h.get("&sid=" + next).find("Session ID unknown"), std::string::npos);
  client.send_text("4still");
  EXPECT_EQ(client.read_frame()->data, "4still");
  another.send_text("4here");
  EXPECT_EQ(another.read_frame()->data, "4here");
  EXPECT_TRUE(last.starts_with("eio_"));
}

TEST(EngineServer, RefusesWhenAllHaveBegun) {
  EngineConfig config;
  config.connections = 1;
  Harness h(config);
  RawClient client(h.server.port());
  expect_open(client);
  client.send_text("4hello");
  EXPECT_EQ(client.read_frame()->data, "4hello");
  EXPECT_NE(h.get("").find("OVERLOADED"), std::string::npos);
}

}  // namespace
}  // namespace parley::realtime::socketio
