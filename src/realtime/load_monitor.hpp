// SPDX-License-Identifier: Apache-2.0
// Looks at how far the server is behind, and says what is left out for that: to the sessions by their
// LoadLevel, to operators by the metric parley_load_stage and a line in the log at every change. And tells
// when nobody has been in conversation for a while.
#pragma once

#include "conversation/load_governor.hpp"
#include "realtime/live_sessions.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics.hpp"
#include "runtime/task.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>

namespace parley::realtime {

class LoadMonitor {
 public:
  static constexpr std::chrono::seconds kIdleAfter{5};

  // `waiting`: pieces of work that wait for each thread of the pools. `idle` is called each time that nobody
  // has been in conversation for `idle_after`. Both may be empty. `live` has no other waiter.
  LoadMonitor(std::shared_ptr<conversation::LoadLevel> level, std::shared_ptr<LiveSessions> live,
              std::function<double()> waiting, runtime::Metrics& metrics, std::shared_ptr<runtime::Log> log,
              std::function<void()> idle = {}, std::chrono::milliseconds idle_after = kIdleAfter);

  // Takes what was seen at `now`. One thread at a time.
  void judge(const conversation::LoadSigns& signs, runtime::TimePoint now);

  // While somebody is in conversation, or something is left out.
  bool has_to_look() const;

  // Looks four times a second when it has to, until `stop` is asked or it is cancelled.
  static runtime::Task<> watch(std::shared_ptr<LoadMonitor> self, std::stop_token stop);

 private:
  // False when the wait was cancelled.
  runtime::Task<bool> wait_for_somebody();

  const std::shared_ptr<conversation::LoadLevel> level_;
  const std::shared_ptr<LiveSessions> live_;
  const std::function<double()> waiting_;
  runtime::Gauge stage_;
  const std::shared_ptr<runtime::Log> log_;
  const std::function<void()> idle_;
  const std::chrono::milliseconds idle_after_;
  conversation::LoadGovernor governor_;
};

}  // namespace parley::realtime
