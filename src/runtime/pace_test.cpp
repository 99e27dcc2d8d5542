// SPDX-License-Identifier: Apache-2.0
#include "runtime/pace.hpp"

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

using namespace std::chrono_literals;

TEST(Pace, TakesSomeAtOnceAndThenSoMuchASecond) {
  Pace pace(100, 500);
  TimePoint now{10s};
  EXPECT_EQ(pace.take(500, now), now);
  EXPECT_EQ(pace.take(50, now), now + 500ms);
  now += 500ms;
  EXPECT_EQ(pace.take(100, now), now + 1s);
  now += 3s;
  EXPECT_EQ(pace.take(200, now), now);
  EXPECT_EQ(pace.take(1, now), now + 10ms);
}

TEST(Pace, SavesNoMoreThanMayComeAtOnce) {
  Pace pace(100, 500);
  TimePoint now{10s};
  EXPECT_EQ(pace.take(500, now), now);
  now += 24h;
  EXPECT_EQ(pace.take(600, now), now + 1s);
}

TEST(Pace, OfNothingIsNoLimit) {
  Pace pace(0, 0);
  EXPECT_EQ(pace.take(1e12, TimePoint{1s}), TimePoint{1s});
}

}  // namespace
}  // namespace parley::runtime
