// SPDX-License-Identifier: Apache-2.0
// Hops between strands. A call to the strand one is on already costs nothing.
#pragma once

#include "runtime/task.hpp"

#include <memory>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::realtime {

// Awaits `task` on `executor`. Who is cancelled meanwhile cancels it there: with Boost 1.81 a cancellation
// that goes to another strand by itself is one of memory that may be freed when it arrives.
template <class T>
runtime::Task<T> run_on(runtime::Executor executor, runtime::Task<T> task) {
  const runtime::Executor here = co_await boost::asio::this_coro::executor;
  const bool there = here == executor;
  if (there) co_return co_await std::move(task);
  const auto signal = std::make_shared<boost::asio::cancellation_signal>();
  const auto cancellation = co_await boost::asio::this_coro::cancellation_state;
  auto cancelled = cancellation.slot();
  if (cancelled.is_connected()) {
    cancelled.assign([executor, signal](boost::asio::cancellation_type type) {
      boost::asio::post(executor, [signal, type] { signal->emit(type); });
    });
  }
  co_return co_await boost::asio::co_spawn(
      executor, std::move(task),
      boost::asio::bind_cancellation_slot(signal->slot(), boost::asio::use_awaitable_t<runtime::Executor>()));
}

}  // namespace parley::realtime
