// SPDX-License-Identifier: Apache-2.0
#include "realtime/request_limit.hpp"

#include "runtime/testing/fake_clock.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;

TEST(RequestLimit, LetsEveryPrincipalAskSoOftenInAMinute) {
  const auto clock = std::make_shared<runtime::testing::FakeClock>();
  RequestLimit limit(3, clock);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.count("user:alice"));
  clock->advance(20s);
  const auto refused = limit.count("user:alice");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, runtime::ErrorCode::kRateLimitExceeded);
  EXPECT_EQ(refused.error().retry_after, 40s);
  EXPECT_TRUE(limit.count("user:bob"));
  clock->advance(40s);
  EXPECT_TRUE(limit.count("user:alice"));
}

TEST(RequestLimit, RemembersNoMoreThanItsShare) {
  RequestLimit limit(1, std::make_shared<runtime::testing::FakeClock>());
  for (int i = 0; i < 25'000; ++i) EXPECT_TRUE(limit.count("guest:" + std::to_string(i)));
  RequestLimit none(0, std::make_shared<runtime::testing::FakeClock>());
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(none.count("user:alice"));
}

}  // namespace
}  // namespace parley::realtime
