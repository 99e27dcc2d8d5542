// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_server.hpp"

#include "net/testing/raw_client.hpp"
#include "runtime/io_threads.hpp"

#include <cstdint>
#include <future>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using namespace std::chrono_literals;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Task;
using runtime::TimePoint;
using testing::RawClient;

class Harness {
 public:
  explicit Harness(TcpHandler handler, TcpServerConfig config = {})
      : server_(with_address(std::move(config)), std::move(handler), threads_.strand(),
                runtime::Log::none()) {
    const auto started = server_.start();
    EXPECT_TRUE(started);
  }
  ~Harness() { stop(runtime::SystemClock().now()); }

  std::uint16_t port() const {
    const std::string address = server_.address();
    return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  }
  void stop(TimePoint deadline) { threads_.run(server_.stop(deadline)); }

 private:
  static TcpServerConfig with_address(TcpServerConfig config) {
    config.listen = "127.0.0.1:0";
    return config;
  }

  runtime::IoThreads threads_{2};
  TcpServer server_;
};

Task<> echo(Context, std::shared_ptr<TcpConnection> connection) {
  for (;;) {
    auto heard = co_await connection->read(TimePoint::max(), true);
    if (!heard || heard->empty()) co_return;
    const auto said = co_await connection->write(std::move(*heard));
    if (!said) co_return;
  }
}

TEST(TcpServer, ServesSeveralClientsAtOnce) {
  Harness harness(echo);
  RawClient one(harness.port());
  RawClient two(harness.port());
  ASSERT_TRUE(one.send("one") && two.send("two"));
  EXPECT_EQ(two.read_exactly(3), "two");
  EXPECT_EQ(one.read_exactly(3), "one");
}

TEST(TcpServer, WorksForEachConnectionInAFlowOfItsOwn) {
  const auto tell = [](Context context, std::shared_ptr<TcpConnection> connection) -> Task<> {
    const auto said = co_await connection->write(context.flow);
    EXPECT_TRUE(said);
  };
  Harness harness(tell);
  RawClient one(harness.port());
  RawClient two(harness.port());
  const std::string flow = one.read_to_end();
  EXPECT_FALSE(flow.empty());
  EXPECT_NE(two.read_to_end(), flow);
}

TEST(TcpServer, WhatWasWrittenArrivesThoughTheClientStillSends) {
  const auto farewell = [](Context, std::shared_ptr<TcpConnection> connection) -> Task<> {
    const auto said = co_await connection->write("bye");
    EXPECT_TRUE(said);
  };
  Harness harness(farewell);
  RawClient client(harness.port());
  ASSERT_TRUE(client.send(std::string(100'000, 'x')));
  EXPECT_EQ(client.read_to_end(), "bye");
}

Task<> listen_a_moment(std::shared_ptr<TcpConnection> connection, std::promise<ErrorCode>* told) {
  const auto heard = co_await connection->read(runtime::SystemClock().now() + 1ms, false);
  told->set_value(heard ? ErrorCode::kCount : heard.error().code);
}

TEST(TcpServer, TellsOfSilence) {
  std::promise<ErrorCode> told;
  Harness harness([&told](Context, std::shared_ptr<TcpConnection> connection) {
    return listen_a_moment(std::move(connection), &told);
  });
  RawClient client(harness.port());
  EXPECT_EQ(told.get_future().get(), ErrorCode::kTimeout);
  EXPECT_EQ(client.read_to_end(), "");
}

Task<> flood(std::shared_ptr<TcpConnection> connection, std::promise<bool>* left) {
  for (;;) {
    std::string much(1 << 20, 'x');
    const auto said = co_await connection->write(std::move(much));
    if (!said) break;
  }
  left->set_value(true);
}

TEST(TcpServer, AClientThatTakesNothingIsLeft) {
  std::promise<bool> left;
  const auto handler = [&left](Context, std::shared_ptr<TcpConnection> connection) {
    return flood(std::move(connection), &left);
  };
  Harness harness(handler, {.listen = {}, .param = {}, .write_timeout = 50ms});
  RawClient client(harness.port(), 4096);
  EXPECT_TRUE(left.get_future().get());
}

TEST(TcpServer, MoreConnectionsThanItMayHaveAreClosed) {
  Harness harness(echo, {.listen = {}, .param = {}, .connections = 1});
  RawClient served(harness.port());
  ASSERT_TRUE(served.send("a"));
  ASSERT_EQ(served.read_exactly(1), "a");
  RawClient refused(harness.port());
  EXPECT_EQ(refused.read_to_end(), "");
  ASSERT_TRUE(served.send("b"));
  EXPECT_EQ(served.read_exactly(1), "b");
}

TEST(TcpServer, StoppingEndsWhatIsIdleAndLetsTheRestFinish) {
  // Works after the first byte until the second.
  const auto work = [](Context, std::shared_ptr<TcpConnection> connection) -> Task<> {
    auto heard = co_await connection->read(TimePoint::max(), true);
    if (!heard || heard->empty()) co_return;
    const auto begun = co_await connection->write("begun");
    EXPECT_TRUE(begun);
    heard = co_await connection->read(TimePoint::max(), false);
    const auto done = co_await connection->write("done");
    EXPECT_TRUE(done);
  };
  Harness harness(work);
  RawClient idle(harness.port());
  RawClient busy(harness.port());
  ASSERT_TRUE(busy.send("1"));
  ASSERT_EQ(busy.read_exactly(5), "begun");
  auto stopped = std::async(std::launch::async, [&] { harness.stop(TimePoint::max()); });
  EXPECT_EQ(idle.read_to_end(), "");
  ASSERT_TRUE(busy.send("2"));
  EXPECT_EQ(busy.read_to_end(), "done");
  stopped.get();
}

Task<> wait_for_ever(std::shared_ptr<TcpConnection> connection, std::promise<void>* begun) {
  begun->set_value();
  const auto heard = co_await connection->read(TimePoint::max(), false);
  EXPECT_TRUE(heard && heard->empty());
}

TEST(TcpServer, WorkThatDoesNotEndIsCancelledAtTheDeadline) {
  std::promise<void> begun;
  Harness harness([&begun](Context, std::shared_ptr<TcpConnection> connection) {
    return wait_for_ever(std::move(connection), &begun);
  });
  RawClient client(harness.port());
  begun.get_future().get();
  harness.stop(runtime::SystemClock().now());
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(TcpServer, SaysWhatIsWrongWithAnAddress) {
  runtime::IoThreads threads(1);
  Harness harness(echo);
  const std::string taken = "127.0.0.1:" + std::to_string(harness.port());
  for (const auto& [listen, code] : {std::pair{std::string("nowhere"), ErrorCode::kBadRequest},
                                     std::pair{std::string("192.0.2.1:0"), ErrorCode::kBadRequest},
                                     std::pair{taken, ErrorCode::kConflict}}) {
    TcpServer server({.listen = listen, .param = "some.key"}, echo, threads.strand(), runtime::Log::none());
    const auto started = server.start();
    ASSERT_FALSE(started) << listen;
    EXPECT_EQ(started.error().code, code) << listen;
    EXPECT_EQ(started.error().param, "some.key");
  }
}

}  // namespace
}  // namespace parley::net
