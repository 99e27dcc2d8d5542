// SPDX-License-Identifier: Apache-2.0
#include "realtime/load_monitor.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/task_group.hpp"

#include <future>
#include <semaphore>
#include <utility>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;
using conversation::LoadLevel;
using conversation::LoadStage;

TEST(LoadMonitor, TellsSessionsAndOperators) {
  runtime::Metrics metrics;
  const auto level = std::make_shared<LoadLevel>();
  LoadMonitor monitor(level, std::make_shared<LiveSessions>(), {}, metrics, runtime::Log::none());
  EXPECT_NE(metrics.expose().find("parley_load_stage 0"), std::string::npos);
  runtime::TimePoint now{};
  const auto last = [&](std::chrono::milliseconds time, const conversation::LoadSigns& signs) {
    for (const auto end = now + time; now < end; now += 250ms) monitor.judge(signs, now);
  };
  last(5s, {.lag = 200ms});
  EXPECT_EQ(level->stage(), LoadStage::kRefusing);
  EXPECT_NE(metrics.expose().find("parley_load_stage 4"), std::string::npos);
  last(30s, {});
  EXPECT_EQ(level->stage(), LoadStage::kNormal);
  EXPECT_NE(metrics.expose().find("parley_load_stage 0"), std::string::npos);
}

TEST(LoadMonitor, HasNothingToLookAtWithoutSessionsOnceNothingIsLeftOut) {
  runtime::Metrics metrics;
  const auto live = std::make_shared<LiveSessions>();
  LoadMonitor monitor(std::make_shared<LoadLevel>(), live, {}, metrics, runtime::Log::none());
  EXPECT_FALSE(monitor.has_to_look());
  live->add("session_1", {[](std::uint16_t, std::string) {}});
  EXPECT_TRUE(monitor.has_to_look());
  runtime::TimePoint now{};
  for (; now < runtime::TimePoint(1s); now += 250ms) monitor.judge({.lag = 200ms}, now);
  live->remove("session_1");
  EXPECT_TRUE(monitor.has_to_look());
  for (; now < runtime::TimePoint(10s); now += 250ms) monitor.judge({}, now);
  EXPECT_FALSE(monitor.has_to_look());
}

TEST(LoadMonitor, LooksWhenSomebodyComesUntilItIsStopped) {
  runtime::IoThreads threads(1);
  runtime::Metrics metrics;
  const auto live = std::make_shared<LiveSessions>();
  std::promise<void> looked;
  bool told = false;
  const auto look = [&] {
    if (!std::exchange(told, true)) looked.set_value();
    return 0.0;
  };
  runtime::TaskGroup tasks(threads.executor());
  tasks.spawn(LoadMonitor::watch(
      std::make_shared<LoadMonitor>(std::make_shared<LoadLevel>(), live, look, metrics, runtime::Log::none()),
      tasks.stop_token()));
  live->add("session_1", {[](std::uint16_t, std::string) {}});
  looked.get_future().get();
  threads.run(tasks.stop());
  EXPECT_EQ(tasks.size(), 0U);
}

TEST(LoadMonitor, TellsEachTimeThatNobodyHasBeenThereForAWhile) {
  runtime::IoThreads threads(1);
  runtime::Metrics metrics;
  const auto live = std::make_shared<LiveSessions>();
  std::counting_semaphore<> looked(0);
  std::counting_semaphore<> idle(0);
  const auto look = [&] {
    looked.release();
    return 0.0;
  };
  runtime::TaskGroup tasks(threads.executor());
  tasks.spawn(LoadMonitor::watch(std::make_shared<LoadMonitor>(
                                     std::make_shared<LoadLevel>(), live, look, metrics, runtime::Log::none(),
                                     [&] { idle.release(); }, 1ms),
                                 tasks.stop_token()));
  idle.acquire();
  live->add("session_1", {[](std::uint16_t, std::string) {}});
  looked.acquire();
  EXPECT_FALSE(idle.try_acquire()) << "somebody is there";
  live->remove("session_1");
  idle.acquire();
  threads.run(tasks.stop());
}

}  // namespace
}  // namespace parley::realtime
