// SPDX-License-Identifier: Apache-2.0
#include "realtime/load_monitor.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/task_group.hpp"

#include <future>
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
  LoadMonitor monitor(level, {}, metrics, runtime::Log::none());
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

TEST(LoadMonitor, LooksByItselfUntilItIsStopped) {
  runtime::IoThreads threads(1);
  runtime::Metrics metrics;
  std::promise<void> looked;
  bool told = false;
  const auto look = [&] {
    if (!std::exchange(told, true)) looked.set_value();
    return 0.0;
  };
  runtime::TaskGroup tasks(threads.executor());
  tasks.spawn(LoadMonitor::watch(
      std::make_shared<LoadMonitor>(std::make_shared<LoadLevel>(), look, metrics, runtime::Log::none()),
      tasks.stop_token()));
  looked.get_future().get();
  threads.run(tasks.stop());
  EXPECT_EQ(tasks.size(), 0U);
}

}  // namespace
}  // namespace parley::realtime
