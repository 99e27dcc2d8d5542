// SPDX-License-Identifier: Apache-2.0
#include "net/websocket.hpp"

#include "net/testing/raw_client.hpp"
#include "net/testing/test_server.hpp"

#include <list>

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using namespace std::chrono_literals;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using testing::RawClient;
using testing::TestServer;

using Ending = std::shared_ptr<std::promise<std::string>>;  // how a handler's connection ended

Task<> echo(Ending ending, Context, std::shared_ptr<WebSocket> socket) {
  for (;;) {
    auto message = co_await socket->read();
    if (!message || !*message) {
      const auto code = socket->close_code();
      const std::string closed = code ? "closed with " + std::to_string(*code) : "closed";
      if (ending) ending->set_value(message ? closed : std::string(name(message.error().code)));
      co_return;
    }
    std::string answer = socket->request().path + " " + socket->subprotocol() + " " + (*message)->data;
    const Result<> sent = (*message)->text ? socket->send_text(answer) : socket->send_binary(answer);
    EXPECT_TRUE(sent);
  }
}

Router echo_routes(Ending ending = nullptr) {
  Router router;
  router.websocket("/ws/:room", {"realtime", "v2"},
                   [ending](Context context, std::shared_ptr<WebSocket> socket) {
                     return echo(ending, std::move(context), std::move(socket));
                   });
  return router;
}

TEST(WebSocket, EchoesTextAndBinary) {
  TestServer server(echo_routes());
  RawClient client(server.port());
  const auto accepted = client.upgrade("/ws/1?model=x");
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->status, 101);
  EXPECT_EQ(accepted->header("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(accepted->header("sec-websocket-protocol"), "");
  EXPECT_TRUE(accepted->header("x-request-id").starts_with("req_"));
  ASSERT_TRUE(client.send_text("h\xC3\xA9llo"));
  const auto text = client.read_frame();
  ASSERT_TRUE(text);
  EXPECT_EQ(text->opcode, 1);
  EXPECT_EQ(text->data, "/ws/1  h\xC3\xA9llo");
  const std::string bytes(100'000, '\xff');
  ASSERT_TRUE(client.send_frame(0x82, bytes));
  const auto binary = client.read_frame();
  ASSERT_TRUE(binary);
  EXPECT_EQ(binary->opcode, 2);
  EXPECT_EQ(binary->data, "/ws/1  " + bytes);
}

TEST(WebSocket, AgreesOnTheProtocolTheServerPrefers) {
  TestServer server(echo_routes());
  const std::pair<std::string, std::string> cases[] = {
      {"Sec-WebSocket-Protocol: v2, realtime\r\n", "realtime"},
      {"Sec-WebSocket-Protocol: openai-insecure-api-key.x\r\nSec-WebSocket-Protocol: v2\r\n", "v2"},
      {"Sec-WebSocket-Protocol: other\r\n", ""},
  };
  for (const auto& [fields, expected] : cases) {
    RawClient client(server.port());
    const auto accepted = client.upgrade("/ws/1", fields);
    ASSERT_TRUE(accepted);
    EXPECT_EQ(accepted->status, 101) << fields;
    EXPECT_EQ(accepted->header("sec-websocket-protocol"), expected) << fields;
  }
}

TEST(WebSocket, ReadsFramesSentTogetherWithTheHandshake) {
  TestServer server(echo_routes());
  RawClient client(server.port());
  std::string early =
      "GET /ws/1 HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  early += std::string("\x81\x82\0\0\0\0hi", 8);
  const auto accepted = client.exchange(early);
  ASSERT_TRUE(accepted);
  EXPECT_EQ(accepted->status, 101);
  EXPECT_EQ(client.read_frame()->data, "/ws/1  hi");
}

TEST(WebSocket, JoinsFragmentsAndAnswersPingsBetweenThem) {
  TestServer server(echo_routes());
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/ws/1"));
  ASSERT_TRUE(client.send_frame(0x01, "one "));
  ASSERT_TRUE(client.send_frame(0x89, "ping"));
  ASSERT_TRUE(client.send_frame(0x80, "message"));
  const auto pong = client.read_frame();
  ASSERT_TRUE(pong);
  EXPECT_EQ(pong->opcode, 10);
  EXPECT_EQ(pong->data, "ping");
  EXPECT_EQ(client.read_frame()->data, "/ws/1  one message");
}

TEST(WebSocket, ClosesTogetherWithItsPeer) {
  struct Case {
    std::string payload;
    std::uint16_t answer;
    const char* ending;
  };
  const Case cases[] = {{std::string("\x03\xe8", 2), 1000, "closed with 1000"},
                        {std::string("\x03\xe9 leaving"), 1001, "closed with 1001"},
                        {"", 1000, "closed with 1005"}};
  for (const auto& each : cases) {
    const auto ending = std::make_shared<std::promise<std::string>>();
    TestServer server(echo_routes(ending));
    RawClient client(server.port());
    ASSERT_TRUE(client.upgrade("/ws/1"));
    ASSERT_TRUE(client.send_frame(0x88, each.payload));
    EXPECT_EQ(client.read_close_code(), each.answer);
    EXPECT_EQ(ending->get_future().get(), each.ending);
  }
}

TEST(WebSocket, NoticesThatItsPeerVanished) {
  const auto ending = std::make_shared<std::promise<std::string>>();
  TestServer server(echo_routes(ending));
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/ws/1"));
  client.close();
  EXPECT_EQ(ending->get_future().get(), "closed");
}

TEST(WebSocket, RefusesMalformedFramesAndServesTheNextClient) {
  struct Case {
    const char* what;
    std::string bytes;
    std::uint16_t close_code;
    const char* ending;
  };
  const Case cases[] = {
      {"reserved bit", std::string("\xc1\x80\0\0\0\0", 6), 1002, "BAD_REQUEST"},
      {"unknown opcode", std::string("\x83\x80\0\0\0\0", 6), 1002, "BAD_REQUEST"},
      {"no mask", std::string("\x81\x02hi", 4), 1002, "BAD_REQUEST"},
      {"fragmented ping", std::string("\x09\x80\0\0\0\0", 6), 1002, "BAD_REQUEST"},
      {"ping of 126 bytes", std::string("\x89\xfe\x00\x7e\0\0\0\0", 8), 1002, "BAD_REQUEST"},
      {"continuation of nothing", std::string("\x80\x80\0\0\0\0", 6), 1002, "BAD_REQUEST"},
      {"close frame of one byte", std::string("\x88\x81\0\0\0\0\x03", 7), 1002, "BAD_REQUEST"},
      {"close code that nobody may send", std::string("\x88\x82\0\0\0\0\x03\xee", 8), 1002, "BAD_REQUEST"},
      {"length with needless bytes", std::string("\x81\xfe\x00\x05\0\0\0\0hello", 13), 1002, "BAD_REQUEST"},
      {"text that is not UTF-8", std::string("\x81\x82\0\0\0\0\xc3\x28", 8), 1007, "BAD_REQUEST"},
      {"message over the limit", std::string("\x82\xff\0\0\0\0\x00\x20\x00\x00\0\0\0\0", 14), 1009,
       "PAYLOAD_TOO_LARGE"},
      {"length of an exabyte", std::string("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14), 1009,
       "PAYLOAD_TOO_LARGE"},
  };
  for (const auto& broken : cases) {
    const auto ending = std::make_shared<std::promise<std::string>>();
    TestServer server(echo_routes(ending),
                      [](ServerConfig& config) { config.websocket_message_bytes = 1'000'000; });
    RawClient client(server.port());
    ASSERT_TRUE(client.upgrade("/ws/1"));
    ASSERT_TRUE(client.send(broken.bytes));
    EXPECT_EQ(client.read_close_code(), broken.close_code) << broken.what;
    EXPECT_EQ(ending->get_future().get(), broken.ending) << broken.what;
  }
}

TEST(WebSocket, LimitsAMessageOfManyFragments) {
  TestServer server(echo_routes(), [](ServerConfig& config) { config.websocket_message_bytes = 1000; });
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/ws/1"));
  ASSERT_TRUE(client.send_frame(0x02, std::string(600, 'x')));
  ASSERT_TRUE(client.send_frame(0x80, std::string(600, 'x')));
  EXPECT_EQ(client.read_close_code(), 1009);
}

TEST(WebSocket, RefusesMalformedHandshakes) {
  TestServer server(echo_routes());
  const std::string start = "GET /ws/1 HTTP/1.1\r\nHost: localhost\r\n";
  const std::string cases[] = {
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n",
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
      "short\r\n",
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
      "",
  };
  for (const auto& fields : cases) {
    RawClient client(server.port());
    const auto refused = client.exchange(start + fields + "\r\n");
    ASSERT_TRUE(refused) << fields;
    EXPECT_EQ(refused->status, 400) << fields;
    EXPECT_NE(refused->body.find("\"code\":\"BAD_REQUEST\""), std::string::npos) << fields;
  }
  RawClient client(server.port());
  EXPECT_EQ(client.upgrade("/elsewhere")->status, 404);
}

TEST(WebSocket, KeepsPagesOfOtherOriginsOut) {
  TestServer server(echo_routes());
  RawClient client(server.port());
  const auto refused = client.upgrade("/ws/1", "Origin: https://evil.example\r\n");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 403);
  EXPECT_NE(refused->body.find("\"code\":\"FORBIDDEN\""), std::string::npos);
  RawClient own(server.port());
  EXPECT_EQ(own.upgrade("/ws/1", "Origin: http://localhost\r\n")->status, 101);
}

TEST(WebSocket, WorksOverTls) {
  TestServer server(echo_routes(), [](ServerConfig& config) { config.tls = "auto"; });
  RawClient client(server.port());
  ASSERT_TRUE(client.start_tls(server.data_dir() / "tls/certificate.pem"));
  ASSERT_EQ(client.upgrade("/ws/1", "Origin: https://localhost\r\n")->status, 101);
  const std::string large(1'000'000, 'x');
  ASSERT_TRUE(client.send_text(large));
  EXPECT_EQ(client.read_frame()->data, "/ws/1  " + large);
  ASSERT_TRUE(client.send_frame(0x88, std::string("\x03\xe8", 2)));
  EXPECT_EQ(client.read_close_code(), 1000);
}

// Sends until the queue refuses, at the pace of a stream that does not wait for its listener.
Task<> flood(std::shared_ptr<std::promise<Error>> refused, Context, std::shared_ptr<WebSocket> socket) {
  for (;;) {
    const Result<> sent = socket->send_binary(std::string(64 * 1024, 'x'));
    EXPECT_LE(socket->queued_bytes(), 1'000'000U);
    if (!sent) {
      EXPECT_FALSE(socket->is_open());
      EXPECT_EQ(socket->send_text("more").error().code, ErrorCode::kCancelled);
      refused->set_value(sent.error());
      co_return;
    }
    const auto nothing = co_await socket->read(runtime::SystemClock().now() + 1ms);
    EXPECT_EQ(nothing.error().code, ErrorCode::kTimeout);
  }
}

TEST(WebSocket, DisconnectsASlowReaderAndServesTheOthers) {
  const auto refused = std::make_shared<std::promise<Error>>();
  Router router = echo_routes();
  router.websocket("/flood", {}, [refused](Context context, std::shared_ptr<WebSocket> socket) {
    return flood(refused, std::move(context), std::move(socket));
  });
  TestServer server(std::move(router),
                    [](ServerConfig& config) { config.websocket_queue_bytes = 1'000'000; });
  RawClient slow(server.port(), 4096);
  ASSERT_TRUE(slow.upgrade("/flood"));
  RawClient other(server.port());
  ASSERT_TRUE(other.upgrade("/ws/1"));
  auto ended = refused->get_future();
  while (ended.wait_for(0ms) != std::future_status::ready) {
    ASSERT_TRUE(other.send_text("hello"));
    ASSERT_EQ(other.read_frame()->data, "/ws/1  hello");
  }
  EXPECT_EQ(ended.get().code, ErrorCode::kOverloaded);
  const std::uint16_t code = slow.read_close_code();
  EXPECT_TRUE(code == 1013 || code == 0) << code << ": told, or cut when it did not read in time";
  ASSERT_TRUE(other.send_text("still"));
  EXPECT_EQ(other.read_frame()->data, "/ws/1  still");
}

Task<> says_goodbye(Context, std::shared_ptr<WebSocket> socket) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(socket->send_text(std::to_string(i)));
  socket->close(4000, std::string(200, 'r'));
  EXPECT_EQ(socket->send_text("late").error().code, ErrorCode::kCancelled);
  const auto nothing = co_await socket->read();
  EXPECT_TRUE(nothing && !*nothing);
}

TEST(WebSocket, SendsWhatIsQueuedBeforeItCloses) {
  Router router;
  router.websocket("/bye", {}, says_goodbye);
  TestServer server(std::move(router));
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/bye"));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(client.read_frame()->data, std::to_string(i));
  const auto close = client.read_frame();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->close_code(), 4000);
  EXPECT_EQ(close->data.size(), 125U);
}

Task<> throws(Context, std::shared_ptr<WebSocket>) {
  throw std::runtime_error("secret");
  co_return;
}

TEST(WebSocket, TellsThatItsHandlerFailed) {
  Router router;
  router.websocket("/throws", {}, throws);
  TestServer server(std::move(router));
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/throws"));
  const auto close = client.read_frame();
  ASSERT_TRUE(close);
  EXPECT_EQ(close->close_code(), 1011);
  EXPECT_EQ(close->data.find("secret"), std::string::npos);
}

Task<> finishes_turn(std::shared_ptr<std::promise<void>> begun, Context context,
                     std::shared_ptr<WebSocket> socket) {
  runtime::Signal stop;
  const std::stop_callback on_stop(context.stop, [&stop] { stop.notify(); });
  begun->set_value();
  const bool told = co_await stop.wait();
  EXPECT_TRUE(told);
  EXPECT_TRUE(socket->send_text("the end of the turn"));
}

TEST(WebSocket, LetsItsHandlerFinishTheTurnWhenTheServerStops) {
  const auto begun = std::make_shared<std::promise<void>>();
  Router router;
  router.websocket("/turn", {}, [begun](Context context, std::shared_ptr<WebSocket> socket) {
    return finishes_turn(begun, std::move(context), std::move(socket));
  });
  TestServer server(std::move(router));
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/turn"));
  begun->get_future().get();
  auto stopped = server.stop(20s);
  const auto last = client.read_frame();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->data, "the end of the turn");
  EXPECT_EQ(client.read_close_code(), 1001);
  client.close();
  stopped.get();
}

TEST(WebSocket, ClosesWith1001WhenItsHandlerDoesNotStop) {
  const auto ending = std::make_shared<std::promise<std::string>>();
  TestServer server(echo_routes(ending));
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/ws/1"));
  auto stopped = server.stop(10ms);
  EXPECT_EQ(client.read_close_code(), 1001);
  client.close();
  stopped.get();
  EXPECT_EQ(ending->get_future().get(), "CANCELLED");
}

TEST(WebSocket, DoesNotWaitLongForAPeerThatDoesNotClose) {
  TestServer server(echo_routes());
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/ws/1"));
  const auto before = std::chrono::steady_clock::now();
  server.stop(10ms).get();
  EXPECT_LT(std::chrono::steady_clock::now() - before, 8s) << "cut, not waited for until its time-outs";
}

TEST(WebSocket, PingsASilentPeerAndCutsOneThatDoesNotAnswer) {
  const auto ending = std::make_shared<std::promise<std::string>>();
  TestServer server(echo_routes(ending), [](ServerConfig& config) { config.websocket_idle_timeout = 200ms; });
  RawClient client(server.port());
  ASSERT_TRUE(client.upgrade("/ws/1"));
  const auto ping = client.read_frame();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, 9);
  EXPECT_EQ(ending->get_future().get(), "closed");
  client.read_to_end();
}

TEST(WebSocket, ServesTwoHundredAtOnce) {
  TestServer server(echo_routes());
  std::list<RawClient> clients;
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(clients.emplace_back(server.port()).upgrade("/ws/1"));
  int number = 0;
  for (auto& client : clients) ASSERT_TRUE(client.send_text(std::to_string(number++)));
  number = 0;
  for (auto& client : clients) EXPECT_EQ(client.read_frame()->data, "/ws/1  " + std::to_string(number++));
  EXPECT_NE(server.exposed_metrics().find("parley_websocket_connections 200"), std::string::npos);
}

}  // namespace
}  // namespace parley::net
