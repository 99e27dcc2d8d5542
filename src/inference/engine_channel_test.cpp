// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_channel.hpp"

#include "inference/testing/models.hpp"

#include <array>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace parley::inference {
namespace {

using runtime::ErrorCode;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

class EngineChannelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto ends = connected_ends();
    ASSERT_TRUE(ends);
    raw_ = ends->second.number();
    here_.emplace(std::move(ends->first));
    there_.emplace(std::move(ends->second));
  }

  std::optional<EngineChannel> here_;
  std::optional<EngineChannel> there_;
  int raw_ = -1;  // of there_
};

TEST_F(EngineChannelTest, CarriesMessagesOfAnyLength) {
  for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 3'000'000U}) {
    const auto message = testing::content_of(size);
    std::thread sender([&] { EXPECT_TRUE(here_->send(message, 10s)); });
    const auto received = there_->receive(10s);
    sender.join();
    ASSERT_TRUE(received) << size;
    EXPECT_EQ(*received, message) << size;
  }
}

TEST_F(EngineChannelTest, SaysWhenTheOtherEndIsGoneOrSilentOrTakesNothing) {
  EXPECT_EQ(here_->receive(0ms).error().code, ErrorCode::kTimeout);
  EXPECT_EQ(here_->send(std::string(4'000'000, 'x'), 0ms).error().code, ErrorCode::kTimeout);
  there_.reset();
  EXPECT_EQ(here_->send("x", 1s).error().code, ErrorCode::kServiceUnavailable);
  EXPECT_EQ(here_->receive(1s).error().code, ErrorCode::kServiceUnavailable);
}

TEST_F(EngineChannelTest, WhatIsNoMessageEndsTheTalk) {
  const auto send_raw = [&](const std::string& packet) {
    ASSERT_EQ(::send(raw_, packet.data(), packet.size(), 0), static_cast<ssize_t>(packet.size()));
  };
  // A packet with more than a part.
  send_raw(std::string(70'000, '\0'));
  EXPECT_EQ(here_->receive(1s).error().code, ErrorCode::kServiceUnavailable);
  // One that says that more follows, and has nothing.
  send_raw("\1");
  EXPECT_EQ(here_->receive(1s).error().code, ErrorCode::kServiceUnavailable);
  // An empty packet.
  ASSERT_EQ(::send(raw_, "", 0, 0), 0);
  EXPECT_EQ(here_->receive(1s).error().code, ErrorCode::kServiceUnavailable);
}

TEST_F(EngineChannelTest, AMessageWithoutAnEndIsRefused) {
  std::thread sender([&] {
    const std::string part = '\1' + std::string(60'000, 'x');
    for (std::size_t sent = 0; sent <= EngineChannel::kMostBytes; sent += part.size()) {
      if (::send(raw_, part.data(), part.size(), MSG_NOSIGNAL) < 0) break;
    }
  });
  EXPECT_EQ(here_->receive(30s).error().code, ErrorCode::kServiceUnavailable);
  here_.reset();
  sender.join();
  EXPECT_EQ(there_->send(std::string(EngineChannel::kMostBytes + 1, 'x'), 0ms).error().code,
            ErrorCode::kPayloadTooLarge);
}

TEST(HandingOver, GivesAnEndThatNoOtherProgramInherits) {
  auto line = connected_ends();
  auto ends = connected_ends();
  ASSERT_TRUE(line && ends);
  ASSERT_TRUE(hand_over(line->first, ends->second));
  auto taken = take_over(line->second);
  ASSERT_TRUE(taken);
  EXPECT_NE(::fcntl(taken->number(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(::fcntl(ends->first.number(), F_GETFD) & FD_CLOEXEC, 0);
  const EngineChannel here(std::move(ends->first));
  const EngineChannel there(std::move(*taken));
  ASSERT_TRUE(here.send("hello", 1s));
  EXPECT_EQ(there.receive(1s).value(), "hello");
}

TEST(HandingOver, APacketWithoutAnEndIsTheEnd) {
  auto line = connected_ends();
  ASSERT_TRUE(line);
  ASSERT_EQ(::send(line->first.number(), "x", 1, 0), 1);
  EXPECT_FALSE(take_over(line->second));
  line->first = OpenFile();
  EXPECT_FALSE(take_over(line->second));
  auto ends = connected_ends();
  EXPECT_EQ(hand_over(line->second, ends->first).error().code, ErrorCode::kServiceUnavailable);
}

}  // namespace
}  // namespace parley::inference
