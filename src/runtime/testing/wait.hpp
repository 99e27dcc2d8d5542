// SPDX-License-Identifier: Apache-2.0
// The result of a task, for a test that has nothing else to do meanwhile.
#pragma once

#include "runtime/io_threads.hpp"
#include "runtime/task.hpp"

#include <optional>
#include <utility>

namespace parley::runtime::testing {

namespace detail {

template <class T>
Task<> keep(Task<T> task, std::optional<T>* out) {
  out->emplace(co_await std::move(task));
}

}  // namespace detail

// Runs `task` on `io` and blocks until it has ended.
template <class T>
T wait(IoThreads& io, Task<T> task) {
  std::optional<T> out;
  io.run(detail::keep(std::move(task), &out));
  return std::move(*out);
}

}  // namespace parley::runtime::testing
