// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/testing/tcp_script.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <stop_token>
#include <string>

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using namespace std::chrono_literals;
using parley::testing::TcpScript;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

std::string response(std::string_view body, std::string_view status = "200 OK") {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\nX-Kind: test\r\n\r\n" + std::string(body);
}

Context within(std::chrono::milliseconds time) {
  return Context{}.until(runtime::SystemClock().now() + time);
}

class HttpClientTest : public ::testing::Test {
 protected:
  Result<HttpResponse> request(HttpRequest wanted, Context context = within(10s)) {
    Result<HttpResponse> result = Error{};
    io_.run(request_into(client_, std::move(context), std::move(wanted), result));
    return result;
  }

  static runtime::Task<> request_into(HttpClient& client, Context context, HttpRequest wanted,
                                      Result<HttpResponse>& out) {
    out = co_await client.request(std::move(context), std::move(wanted));
  }

  static runtime::Task<> open_into(HttpClient& client, Context context, HttpRequest wanted,
                                   Result<HttpStream>& out) {
    out = co_await client.open(std::move(context), std::move(wanted));
  }

  static runtime::Task<> next_into(HttpBody& body, Result<std::optional<std::string>>& out) {
    out = co_await body.next(runtime::SystemClock().now() + 10s);
  }

  Result<HttpStream> open(HttpRequest wanted, Context context = within(10s)) {
    Result<HttpStream> result = Error{};
    io_.run(open_into(client_, std::move(context), std::move(wanted), result));
    return result;
  }

  Result<std::optional<std::string>> next(HttpBody& body) {
    Result<std::optional<std::string>> result = Error{};
    io_.run(next_into(body, result));
    return result;
  }

  // Declared first, so that the threads are joined last: the client's work is still posted to them.
  runtime::IoThreads io_{2};
  HttpClient client_{io_.executor(), HttpClientConfig{}};
};

TEST_F(HttpClientTest, GivesStatusHeadersAndBody) {
  TcpScript server([](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write(response("not here", "404 Not Found"));
  });
  const auto answer = request({.url = server.url("/x")});
  ASSERT_TRUE(answer) << to_string(answer.error());
  EXPECT_EQ(answer->head.status, 404);
  EXPECT_EQ(answer->body, "not here");
  EXPECT_EQ(answer->head.headers.find("x-kind"), "test");
}

TEST_F(HttpClientTest, SendsMethodHeadersAndBody) {
  std::promise<std::string> seen;
  TcpScript server([&](TcpScript::Connection& connection) {
    seen.set_value(connection.read_request());
    connection.write(response(""));
  });
  HttpRequest wanted{.method = "POST", .url = server.url("/v1/things?a=b"), .body = R"({"a":1})"};
  wanted.headers.add("Content-Type", "application/json");
  wanted.headers.add("Authorization", "Bearer secret");
  ASSERT_TRUE(request(std::move(wanted)));
  const std::string sent = seen.get_future().get();
  EXPECT_TRUE(sent.starts_with("POST /v1/things?a=b HTTP/1.1\r\n")) << sent;
  EXPECT_NE(sent.find("\r\nContent-Type: application/json\r\n"), std::string::npos) << sent;
  EXPECT_NE(sent.find("\r\nAuthorization: Bearer secret\r\n"), std::string::npos) << sent;
  EXPECT_TRUE(sent.ends_with("\r\n\r\n{\"a\":1}")) << sent;
}

TEST_F(HttpClientTest, KeepsTheConnectionForTheNextRequest) {
  TcpScript server([](TcpScript::Connection& connection) {
    while (!connection.read_request().empty()) connection.write(response("ok"));
  });
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(request({.url = server.url()}));
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(HttpClientTest, RefusesHeadersWithLineBreaks) {
  HttpRequest wanted{.url = "http://127.0.0.1:9/"};
  wanted.headers.add("X-A", "1\r\nX-B: 2");
  EXPECT_EQ(request(std::move(wanted)).error().code, ErrorCode::kBadRequest);
}

TEST_F(HttpClientTest, RefusesOtherProtocols) {
  for (const char* url : {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://", "::"}) {
    EXPECT_EQ(request({.url = url}).error().code, ErrorCode::kBadRequest) << url;
  }
}

TEST_F(HttpClientTest, SaysUnavailableWhenNobodyListens) {
  std::uint16_t port = 0;
  {
    const TcpScript server([](TcpScript::Connection&) {});
    port = server.port();
  }
  const auto answer = request({.url = "http://127.0.0.1:" + std::to_string(port)});
  EXPECT_EQ(answer.error().code, ErrorCode::kServiceUnavailable);
}

TEST_F(HttpClientTest, SaysUnavailableWhenTheConnectionIsLost) {
  TcpScript server([](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
  });
  EXPECT_EQ(request({.url = server.url()}).error().code, ErrorCode::kServiceUnavailable);
}

TEST_F(HttpClientTest, EndsAtTheDeadline) {
  TcpScript server([](TcpScript::Connection& connection) { connection.wait_closed(); });
  EXPECT_EQ(request({.url = server.url()}, within(50ms)).error().code, ErrorCode::kTimeout);
}

TEST_F(HttpClientTest, GivesUpOnASlowHeadButNotOnASlowBody) {
  TcpScript silent([](TcpScript::Connection& connection) { connection.wait_closed(); });
  EXPECT_EQ(request({.url = silent.url(), .head_timeout = 50ms}).error().code, ErrorCode::kTimeout);
  std::promise<void> late;
  TcpScript slow([&](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n");
    late.get_future().wait();
    connection.write("late");
    connection.wait_closed();
  });
  auto stream = open({.url = slow.url(), .head_timeout = 2s});
  ASSERT_TRUE(stream);
  late.set_value();
  EXPECT_EQ(**next(stream->body), "late");
}

TEST_F(HttpClientTest, EndsAtTheDeadlineInsideTheBody) {
  TcpScript server([](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
    connection.wait_closed();
  });
  EXPECT_EQ(request({.url = server.url()}, within(100ms)).error().code, ErrorCode::kTimeout);
}

TEST_F(HttpClientTest, ClosesTheConnectionWhenStopped) {
  std::promise<void> asked;
  std::promise<bool> closed;
  TcpScript server([&](TcpScript::Connection& connection) {
    connection.read_request();
    asked.set_value();
    closed.set_value(connection.wait_closed());
  });
  std::stop_source stop;
  std::jthread stopper([&] {
    asked.get_future().wait();
    stop.request_stop();
  });
  const auto answer = request({.url = server.url()}, within(10s).stopped_by(stop.get_token()));
  EXPECT_EQ(answer.error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(closed.get_future().get());
}

TEST_F(HttpClientTest, ClosesTheConnectionWhenTheBodyIsDropped) {
  std::promise<bool> closed;
  TcpScript server([&](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\n\r\nfirst");
    closed.set_value(connection.wait_closed());
  });
  {
    auto stream = open({.url = server.url()});
    ASSERT_TRUE(stream);
    EXPECT_EQ(**next(stream->body), "first");
  }
  EXPECT_TRUE(closed.get_future().get());
}

TEST_F(HttpClientTest, StreamsPiecesAsTheyCome) {
  std::promise<void> first_read;
  TcpScript server([&](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    first_read.get_future().wait();
    connection.write("6\r\n world\r\n0\r\n\r\n");
    connection.wait_closed();
  });
  auto stream = open({.url = server.url()});
  ASSERT_TRUE(stream);
  EXPECT_EQ(**next(stream->body), "hello");
  first_read.set_value();
  EXPECT_EQ(**next(stream->body), " world");
  EXPECT_FALSE(next(stream->body)->has_value());
}

TEST_F(HttpClientTest, StopsReadingWhenTheReaderIsSlow) {
  constexpr std::size_t kTotal = 32U << 20U;
  std::promise<void> all_written;
  TcpScript server([&](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kTotal) + "\r\n\r\n");
    const std::string piece(64 * 1024, 'x');
    for (std::size_t written = 0; written < kTotal; written += piece.size()) {
      if (!connection.write(piece)) return;
    }
    all_written.set_value();
    connection.wait_closed();
  });
  auto stream = open({.url = server.url(), .max_body = kTotal});
  ASSERT_TRUE(stream);
  std::size_t got = (*next(stream->body))->size();
  // As long as nothing more is read, the server gets no further than the kernel's buffers and ours.
  EXPECT_EQ(all_written.get_future().wait_for(200ms), std::future_status::timeout);
  for (;;) {
    const auto piece = next(stream->body);
    ASSERT_TRUE(piece) << to_string(piece.error());
    if (!piece->has_value()) break;
    EXPECT_LE((*piece)->size(), 16U * 1024);
    got += (*piece)->size();
  }
  EXPECT_EQ(got, kTotal);
}

TEST_F(HttpClientTest, RefusesABodyLongerThanAllowed) {
  TcpScript server([](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write(response(std::string(5000, 'x')));
    connection.wait_closed();
  });
  const auto answer = request({.url = server.url(), .max_body = 4999});
  EXPECT_EQ(answer.error().code, ErrorCode::kPayloadTooLarge);
}

TEST_F(HttpClientTest, RefusesAnEndlessHead) {
  TcpScript server([](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\n");
    const std::string line = "X-Filler: " + std::string(1000, 'y') + "\r\n";
    while (connection.write(line)) {
    }
  });
  EXPECT_EQ(request({.url = server.url()}).error().code, ErrorCode::kServiceUnavailable);
}

TEST_F(HttpClientTest, DoesNotFollowRedirects) {
  TcpScript server([](TcpScript::Connection& connection) {
    connection.read_request();
    connection.write("HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n");
    connection.wait_closed();
  });
  const auto answer = request({.url = server.url()});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->head.status, 302);
  EXPECT_EQ(answer->head.headers.find("location"), "/other");
}

TEST_F(HttpClientTest, RefusesATlsServerThatIsNotOne) {
  TcpScript server([](TcpScript::Connection& connection) { connection.write("hello\r\n\r\n"); });
  const auto answer = request({.url = "https://127.0.0.1:" + std::to_string(server.port())});
  EXPECT_EQ(answer.error().code, ErrorCode::kServiceUnavailable);
}

TEST(HttpClientShutdown, EndsRequestsUnderWay) {
  runtime::IoThreads io(1);
  std::promise<void> asked;
  TcpScript server([&](TcpScript::Connection& connection) {
    connection.read_request();
    asked.set_value();
    connection.wait_closed();
  });
  auto client = std::make_unique<HttpClient>(io.executor(), HttpClientConfig{});
  std::jthread closer([&] {
    asked.get_future().wait();
    client.reset();
  });
  Result<HttpResponse> result = Error{};
  const auto run = [](HttpClient& from, std::string url, Result<HttpResponse>& out) -> runtime::Task<> {
    HttpRequest request{.url = std::move(url)};
    out = co_await from.request(within(10s), std::move(request));
  };
  io.run(run(*client, server.url(), result));
  EXPECT_EQ(result.error().code, ErrorCode::kCancelled);
}

}  // namespace
}  // namespace parley::net
