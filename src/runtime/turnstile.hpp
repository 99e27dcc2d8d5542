// SPDX-License-Identifier: Apache-2.0
// Fairness between those who have much to do and those who have little, on the same threads.
#pragma once

#include "runtime/task.hpp"

#include <memory>

namespace parley::runtime {

// Who has much to do passes through it after each piece. All of them together then delay anybody else by one
// piece at a time: they are let on one after the other, each behind everything that can go on already. Where
// nobody waits, a turn comes at once.
class Turnstile {
 public:
  Turnstile();
  ~Turnstile();
  Turnstile(const Turnstile&) = delete;
  Turnstile& operator=(const Turnstile&) = delete;

  // Waits for a turn; `executor` is the caller's. False when the coroutine was cancelled. Thread-safe.
  Task<bool> pass(Executor executor);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::runtime
