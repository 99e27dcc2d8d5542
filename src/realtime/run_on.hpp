// SPDX-License-Identifier: Apache-2.0
// Hops between strands. A call to the strand one is on already costs nothing.
#pragma once

#include "runtime/task.hpp"

#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::realtime {

// Awaits `task` on `executor`.
template <class T>
runtime::Task<T> run_on(runtime::Executor executor, runtime::Task<T> task) {
  const runtime::Executor here = co_await boost::asio::this_coro::executor;
  const bool there = here == executor;
  if (there) co_return co_await std::move(task);
  co_return co_await boost::asio::co_spawn(executor, std::move(task),
                                           boost::asio::use_awaitable_t<runtime::Executor>());
}

// The same for a task that ends by itself in a moment: it is not cancelled with who awaits it. With
// Boost 1.81 a cancellation that is on its way to another strand when the task there ends is one of memory
// that is freed.
template <class T>
runtime::Task<T> run_whole_on(runtime::Executor executor, runtime::Task<T> task) {
  const runtime::Executor here = co_await boost::asio::this_coro::executor;
  const bool there = here == executor;
  if (there) co_return co_await std::move(task);
  co_return co_await boost::asio::co_spawn(
      executor, std::move(task),
      boost::asio::bind_cancellation_slot(boost::asio::cancellation_slot(),
                                          boost::asio::use_awaitable_t<runtime::Executor>()));
}

}  // namespace parley::realtime
