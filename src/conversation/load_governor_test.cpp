// SPDX-License-Identifier: Apache-2.0
#include "conversation/load_governor.hpp"

#include <algorithm>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;

constexpr auto kBetweenSigns = 250ms;
constexpr LoadSigns kCalm{};

struct Driver {
  LoadGovernor governor;
  runtime::TimePoint now{};

  LoadStage last(std::chrono::milliseconds time, const LoadSigns& signs) {
    for (const auto end = now + time; now < end;) {
      now += kBetweenSigns;
      governor.on(signs, now);
    }
    return governor.stage();
  }
};

TEST(LoadGovernor, GoesAsFarAsTheSignsAskAndComesBack) {
  struct Case {
    const char* what;
    LoadSigns signs;
    LoadStage expected;
  };
  const Case cases[] = {
      {"a quiet server", {.lag = 1ms, .waiting = 1, .processor = 0.5}, LoadStage::kNormal},
      {"processors that a background job keeps busy", {.processor = 1}, LoadStage::kNoSpeculation},
      {"late by 10 ms", {.lag = 10ms}, LoadStage::kNoSpeculation},
      {"late by 20 ms", {.lag = 20ms}, LoadStage::kNoInterim},
      {"late by 40 ms", {.lag = 40ms}, LoadStage::kLongHop},
      {"late by 80 ms", {.lag = 80ms}, LoadStage::kRefusing},
      {"four pieces of work for each thread", {.waiting = 4}, LoadStage::kNoSpeculation},
      {"thirty-two pieces of work for each thread", {.waiting = 32}, LoadStage::kRefusing},
  };
  for (const auto& each : cases) {
    Driver driver;
    EXPECT_EQ(driver.last(60s, each.signs), each.expected) << each.what;
    EXPECT_EQ(driver.last(60s, kCalm), LoadStage::kNormal) << each.what;
  }
}

TEST(LoadGovernor, TakesOneStageAfterTheOther) {
  Driver driver;
  std::vector<LoadStage> stages{LoadStage::kNormal};
  for (const LoadSigns& signs : {LoadSigns{.lag = 500ms}, kCalm}) {
    for (int i = 0; i < 100; ++i) {
      const LoadStage stage = driver.last(kBetweenSigns, signs);
      if (stage != stages.back()) stages.push_back(stage);
    }
  }
  using enum LoadStage;
  EXPECT_EQ(stages, (std::vector{kNormal, kNoSpeculation, kNoInterim, kLongHop, kRefusing, kLongHop,
                                 kNoInterim, kNoSpeculation, kNormal}));
}

TEST(LoadGovernor, RefusesWithinThreeSecondsAndForgivesWithinFifteen) {
  Driver driver;
  EXPECT_EQ(driver.last(3s, {.lag = 100ms}), LoadStage::kRefusing);
  EXPECT_NE(driver.last(2750ms, kCalm), LoadStage::kNormal);
  EXPECT_EQ(driver.last(12'250ms, kCalm), LoadStage::kNormal);
}

TEST(LoadGovernor, IsNotMovedByAHiccup) {
  Driver driver;
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(driver.last(500ms, {.lag = 1000ms}), LoadStage::kNormal);
    EXPECT_EQ(driver.last(kBetweenSigns, kCalm), LoadStage::kNormal);
  }
}

TEST(LoadGovernor, StaysBetweenItsThresholds) {
  Driver driver;
  EXPECT_EQ(driver.last(60s, {.lag = 20ms}), LoadStage::kNoInterim);
  EXPECT_EQ(driver.last(60s, {.lag = 11ms}), LoadStage::kNoInterim) << "not yet half as bad";
  EXPECT_EQ(driver.last(60s, {.lag = 19ms}), LoadStage::kNoInterim);
  EXPECT_EQ(driver.last(60s, {.lag = 9ms}), LoadStage::kNoSpeculation);
}

// Whatever the signs, it moves by single stages, up not before half a second and down not before three.
TEST(LoadGovernor, NeverSwings) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 chance(seed);
    std::lognormal_distribution<double> lag(2.5, 1.5);
    std::lognormal_distribution<double> waiting(0, 2);
    std::uniform_real_distribution<double> processor(0, 1);
    std::uniform_int_distribution<int> step(10, 400);
    LoadGovernor governor;
    runtime::TimePoint now{};
    runtime::TimePoint changed{};
    LoadStage before = governor.stage();
    for (int i = 0; i < 1000; ++i) {
      now += std::chrono::milliseconds(step(chance));
      const LoadSigns signs{std::chrono::duration<double, std::milli>(lag(chance)), waiting(chance),
                            processor(chance)};
      const LoadStage stage = governor.on(signs, now);
      const int moved = static_cast<int>(stage) - static_cast<int>(before);
      ASSERT_LE(std::abs(moved), 1);
      if (moved > 0) ASSERT_GE(now - changed, 500ms) << "seed " << seed;
      if (moved < 0) ASSERT_GE(now - changed, 3s) << "seed " << seed;
      if (moved != 0) changed = now;
      before = stage;
    }
  }
}

}  // namespace
}  // namespace parley::conversation
