// SPDX-License-Identifier: Apache-2.0
#include "runtime/stream.hpp"

#include "runtime/io_threads.hpp"

#include <thread>

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

Task<> collect(Stream<int> stream, std::vector<int>* out, std::optional<Error>* failure) {
  for (;;) {
    auto next = co_await stream.next();
    if (!next) {
      *failure = next.error();
      co_return;
    }
    if (!next->has_value()) co_return;
    out->push_back(**next);
  }
}

TEST(Stream, CarriesItemsFromAThreadInOrderAndEnds) {
  IoThreads io(2);
  auto [stream, writer] = make_stream<int>(1000);
  std::thread producer([to = writer] {
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(to.push(i));
    to.finish();
  });
  std::vector<int> items;
  std::optional<Error> failure;
  io.run(collect(std::move(stream), &items, &failure));
  producer.join();
  ASSERT_EQ(items.size(), 1000U);
  EXPECT_EQ(items.back(), 999);
  EXPECT_FALSE(failure);
}

TEST(Stream, GivesWhatCameBeforeAFailureFirst) {
  IoThreads io(1);
  auto [stream, writer] = make_stream<int>(4);
  ASSERT_TRUE(writer.push(7));
  writer.fail({ErrorCode::kAsrFailed, "broken"});
  std::vector<int> items;
  std::optional<Error> failure;
  io.run(collect(std::move(stream), &items, &failure));
  EXPECT_EQ(items, std::vector<int>{7});
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, ErrorCode::kAsrFailed);
}

TEST(Stream, RefusesWhenFull) {
  auto [stream, writer] = make_stream<int>(2);
  EXPECT_TRUE(writer.push(1));
  EXPECT_TRUE(writer.push(2));
  const auto refused = writer.push(3);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
}

TEST(Stream, TellsTheProducerWhenNobodyReads) {
  auto pair = make_stream<int>(2);
  StreamWriter<int> writer = pair.second;
  const std::stop_token token = writer.stop_token();
  {
    const Stream<int> gone = std::move(pair.first);
  }
  EXPECT_TRUE(token.stop_requested());
  const auto refused = writer.push(1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kCancelled);
}

TEST(Stream, EndsWhenTheLastWriterIsGone) {
  IoThreads io(1);
  auto pair = make_stream<int>(2);
  EXPECT_TRUE(pair.second.push(5));
  pair.second = {};
  std::vector<int> items;
  std::optional<Error> failure;
  io.run(collect(std::move(pair.first), &items, &failure));
  EXPECT_EQ(items, std::vector<int>{5});
}

Task<> wait_past(Stream<int>* stream, TimePoint deadline, ErrorCode* code) {
  const auto next = co_await stream->next(deadline);
  *code = next ? ErrorCode::kCount : next.error().code;
}

TEST(Stream, TimesOutAndStaysUsable) {
  IoThreads io(1);
  auto [stream, writer] = make_stream<int>(2);
  ErrorCode code = ErrorCode::kCount;
  io.run(wait_past(&stream, SystemClock().now() - std::chrono::seconds(1), &code));
  EXPECT_EQ(code, ErrorCode::kTimeout);
  ASSERT_TRUE(writer.push(1));
  io.run(wait_past(&stream, TimePoint::max(), &code));
  EXPECT_EQ(code, ErrorCode::kCount);
}

Task<> send_all(StreamWriter<int> writer, int count) {
  for (int i = 0; i < count; ++i) {
    const auto sent = co_await writer.send(i);
    EXPECT_TRUE(sent);
  }
  writer.finish();
}

TEST(Stream, MakesASenderWaitForRoom) {
  IoThreads io(2);
  auto [stream, writer] = make_stream<int>(1);
  std::thread sender([&io, to = writer] { io.run(send_all(to, 200)); });
  std::vector<int> items;
  std::optional<Error> failure;
  writer = {};
  io.run(collect(std::move(stream), &items, &failure));
  sender.join();
  EXPECT_EQ(items.size(), 200U);
}

}  // namespace
}  // namespace parley::runtime
