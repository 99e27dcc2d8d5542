// SPDX-License-Identifier: Apache-2.0
// The I/O threads: they run sockets, timers and session logic, and nothing that takes longer than a packet.
#pragma once

#include "runtime/task.hpp"

#include <cstddef>
#include <memory>

namespace parley::runtime {

class IoThreads {
 public:
  explicit IoThreads(std::size_t threads);
  ~IoThreads();  // stops and joins
  IoThreads(const IoThreads&) = delete;
  IoThreads& operator=(const IoThreads&) = delete;

  Executor executor() const;
  // A new strand: what runs on it never runs at the same time as itself.
  Executor strand() const;

  // Runs `task` on the I/O threads and waits for it on the calling thread. Never call it from an I/O thread.
  void run(Task<> task);

  // Ends the threads as soon as their present handler is done. Idempotent.
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::runtime
