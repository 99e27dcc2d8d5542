// SPDX-License-Identifier: Apache-2.0
// Hops between strands. A call to the strand one is on already costs nothing.
#pragma once

#include "runtime/task.hpp"

#include <utility>

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

}  // namespace parley::realtime
