// SPDX-License-Identifier: Apache-2.0
#include "conversation/hysteresis.hpp"

#include <random>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;

struct Driver {
  Hysteresis hysteresis{2s, 10s};
  runtime::TimePoint now{};

  // The stages that were gone in this time, looked at once a second.
  int last(std::chrono::seconds time, bool up, bool down) {
    int stages = 0;
    for (const auto end = now + time; now < end;) {
      now += 1s;
      stages += hysteresis.on(up, down, now);
    }
    return stages;
  }
};

TEST(Hysteresis, GoesAStageEachTimeThatItWasAskedForLongEnough) {
  Driver driver;
  EXPECT_EQ(driver.last(2s, true, false), 0);
  EXPECT_EQ(driver.last(1s, true, false), 1);
  EXPECT_EQ(driver.last(4s, true, false), 2);
  EXPECT_EQ(driver.last(10s, false, true), 0);
  EXPECT_EQ(driver.last(1s, false, true), -1);
  EXPECT_EQ(driver.last(20s, false, true), -2);
  EXPECT_EQ(driver.last(100s, false, false), 0);
}

TEST(Hysteresis, UpGoesBeforeDown) {
  Driver driver;
  EXPECT_EQ(driver.last(61s, true, true), 30);
}

TEST(Hysteresis, IsNotMovedByAHiccup) {
  Driver driver;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(driver.last(2s, true, false), 0);
    EXPECT_EQ(driver.last(1s, false, true), 0);
  }
}

// Whatever is asked for, it goes one stage at once, up not before its time and down not before its own.
TEST(Hysteresis, NeverSwings) {
  for (unsigned seed = 1; seed <= 500; ++seed) {
    std::mt19937 chance(seed);
    std::uniform_int_distribution<int> step(1, 3000);
    std::discrete_distribution<int> asked{4.0, 2.0, 4.0};
    Hysteresis hysteresis{2s, 10s};
    runtime::TimePoint now{};
    runtime::TimePoint moved_at{};
    int wants = 0;
    for (int i = 0; i < 1000; ++i) {
      now += std::chrono::milliseconds(step(chance));
      if (chance() % 8 == 0) wants = asked(chance) - 1;
      const int moved = hysteresis.on(wants > 0, wants < 0, now);
      if (moved == 0) continue;
      ASSERT_EQ(moved, wants) << "seed " << seed;
      ASSERT_GE(now - moved_at, moved > 0 ? 2s : 10s) << "seed " << seed;
      moved_at = now;
    }
  }
}

}  // namespace
}  // namespace parley::conversation
