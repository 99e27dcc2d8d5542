// SPDX-License-Identifier: Apache-2.0
#include "conversation/network_governor.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;

constexpr NetworkSigns kClear{.round_trip = 30ms};

struct Driver {
  NetworkGovernor governor;
  runtime::TimePoint now{};

  NetworkTier last(std::chrono::milliseconds time, const NetworkSigns& signs) {
    for (const auto end = now + time; now < end;) {
      now += 1s;
      governor.on(signs, now);
    }
    return governor.tier();
  }
};

TEST(NetworkGovernor, GoesAsFarAsTheSignsAskAndComesBack) {
  struct Case {
    const char* what;
    NetworkSigns signs;
    NetworkTier expected;
  };
  const Case cases[] = {
      {"a cable", {.round_trip = 5ms, .room = 100}, NetworkTier::kGood},
      {"the other side of the world", {.round_trip = 240ms, .loss = 0.01, .room = 10}, NetworkTier::kGood},
      {"a slow way", {.round_trip = 250ms}, NetworkTier::kFair},
      {"a satellite far away", {.round_trip = 600ms}, NetworkTier::kPoor},
      {"some loss", {.round_trip = 30ms, .loss = 0.02}, NetworkTier::kFair},
      {"much loss", {.round_trip = 30ms, .loss = 0.08}, NetworkTier::kPoor},
      {"room for sound and as much again", {.round_trip = 30ms, .room = 2}, NetworkTier::kGood},
      {"room for sound and a half", {.round_trip = 30ms, .room = 1.5}, NetworkTier::kFair},
      {"less room than sound needs", {.round_trip = 30ms, .room = 0.9}, NetworkTier::kPoor},
  };
  for (const auto& each : cases) {
    Driver driver;
    EXPECT_EQ(driver.last(60s, each.signs), each.expected) << each.what;
    EXPECT_EQ(driver.last(60s, kClear), NetworkTier::kGood) << each.what;
  }
}

TEST(NetworkGovernor, IsPoorWithinSixSecondsAndForgivesWithinThirty) {
  Driver driver;
  EXPECT_EQ(driver.last(2s, {.round_trip = 2s}), NetworkTier::kGood);
  EXPECT_EQ(driver.last(4s, {.round_trip = 2s}), NetworkTier::kPoor);
  EXPECT_EQ(driver.last(15s, kClear), NetworkTier::kFair);
  EXPECT_EQ(driver.last(15s, kClear), NetworkTier::kGood);
}

TEST(NetworkGovernor, StaysBetweenItsThresholds) {
  Driver driver;
  EXPECT_EQ(driver.last(60s, {.round_trip = 300ms}), NetworkTier::kFair);
  EXPECT_EQ(driver.last(60s, {.round_trip = 200ms}), NetworkTier::kFair) << "not yet clearly better";
  EXPECT_EQ(driver.last(60s, {.round_trip = 500ms}), NetworkTier::kFair);
  EXPECT_EQ(driver.last(60s, {.round_trip = 170ms}), NetworkTier::kGood);
}

}  // namespace
}  // namespace parley::conversation
