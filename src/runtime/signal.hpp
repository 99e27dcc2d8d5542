// SPDX-License-Identifier: Apache-2.0
// An auto-reset event between threads and one waiting coroutine.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/task.hpp"

#include <memory>

namespace parley::runtime {

// notify() may be called from any thread and never blocks; a notification with nobody waiting is kept (one).
// At most one coroutine waits at a time. The signal must outlive the wait (keep it in shared state).
class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  void notify();

  // True when notified, false when the deadline passed or the coroutine was cancelled.
  Task<bool> wait(TimePoint deadline = TimePoint::max());

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::runtime
