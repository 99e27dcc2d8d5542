// SPDX-License-Identifier: Apache-2.0
// Owns coroutines: no work is detached. Make it the last member, and stop() it before the rest goes.
#pragma once

#include "runtime/signal.hpp"
#include "runtime/task.hpp"

#include <memory>
#include <stop_token>

namespace parley::runtime {

class TaskGroup {
 public:
  // `executor` runs the tasks: a strand when they share state.
  explicit TaskGroup(Executor executor);
  // A group with live tasks asks them to stop; they own what they use and end on their own.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts a task. It takes its values by copy or move; a throw is logged and ends only that task. After
  // stop() nothing starts. Any thread.
  void spawn(Task<> task);

  // Cancels the tasks (their pending waits end, and the token stops) and waits until the last one is gone.
  Task<> stop();

  // Waits until no task runs, without cancelling, at most until `deadline`. True when idle.
  Task<bool> wait_idle(TimePoint deadline);

  std::stop_token stop_token() const;
  std::size_t size() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::runtime
