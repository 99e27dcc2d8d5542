// SPDX-License-Identifier: Apache-2.0
// Task<T>: a lazy coroutine on an Asio executor. It starts when awaited or spawned in a TaskGroup, and never
// outlives the group. Never write co_await inside a condition: Debian's g++ 12 miscompiles it.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace parley::runtime {

using Executor = boost::asio::any_io_executor;

template <class T = void>
using Task = boost::asio::awaitable<T, Executor>;

}  // namespace parley::runtime
