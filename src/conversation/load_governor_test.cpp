// SPDX-License-Identifier: Apache-2.0
#include "conversation/load_governor.hpp"

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

TEST(LoadGovernor, StaysBetweenItsThresholds) {
  Driver driver;
  EXPECT_EQ(driver.last(60s, {.lag = 20ms}), LoadStage::kNoInterim);
  EXPECT_EQ(driver.last(60s, {.lag = 11ms}), LoadStage::kNoInterim) << "not yet half as bad";
  EXPECT_EQ(driver.last(60s, {.lag = 19ms}), LoadStage::kNoInterim);
  EXPECT_EQ(driver.last(60s, {.lag = 9ms}), LoadStage::kNoSpeculation);
}

}  // namespace
}  // namespace parley::conversation
