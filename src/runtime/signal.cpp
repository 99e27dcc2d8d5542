// SPDX-License-Identifier: Apache-2.0
#include "runtime/signal.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace parley::runtime {
namespace asio = boost::asio;

// The timer is touched only under the mutex: a notification and the deadline may come from two threads.
struct Signal::State : std::enable_shared_from_this<State> {
  std::mutex mutex;
  bool set = false;
  std::uint64_t generation = 0;
  std::function<void(bool)> pending;
  std::optional<asio::steady_timer> timer;

  // Takes the waiter of `which` generation (any when 0) and completes it with `value`.
  bool complete(bool value, std::uint64_t which) {
    std::function<void(bool)> handler;
    {
      const std::lock_guard lock(mutex);
      if (!pending || (which != 0 && which != generation)) {
        if (value) set = true;
        return false;
      }
      handler = std::exchange(pending, nullptr);
      if (timer) timer->cancel();
      timer.reset();
    }
    handler(value);
    return true;
  }

  template <class Handler>
  void arm(Handler handler, const Executor& executor, TimePoint deadline) {
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto shared = std::make_shared<Handler>(std::move(handler));
    auto work = asio::make_work_guard(executor);
    const std::function<void(bool)> finish = [shared, work](bool value) {
      const auto to = asio::get_associated_executor(*shared, work.get_executor());
      asio::post(to, [shared, work, value] { std::move (*shared)(value); });
    };
    std::uint64_t mine = 0;
    bool already_set = false;
    {
      const std::lock_guard lock(mutex);
      mine = ++generation;
      already_set = std::exchange(set, false);
      if (!already_set) {
        pending = finish;
        arm_timer(executor, deadline, mine);
      }
    }
    if (already_set) return finish(true);
    if (slot.is_connected()) {
      slot.assign([self = weak_from_this(), mine](asio::cancellation_type) {
        if (const auto state = self.lock()) state->complete(false, mine);
      });
    }
  }

 private:
  void arm_timer(const Executor& executor, TimePoint deadline, std::uint64_t mine) {
    if (deadline == TimePoint::max()) return;
    timer.emplace(executor, deadline);
    timer->async_wait([self = weak_from_this(), mine](const boost::system::error_code& error) {
      const auto state = self.lock();
      if (!error && state) state->complete(false, mine);
    });
  }
};

Signal::Signal() : state_(std::make_shared<State>()) {}
Signal::~Signal() = default;

void Signal::notify() { state_->complete(true, 0); }

Task<bool> Signal::wait(TimePoint deadline) {
  const auto executor = co_await asio::this_coro::executor;
  const auto state = state_;
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(bool)>(
      [state, executor, deadline](auto&& handler) {
        state->arm(std::forward<decltype(handler)>(handler), executor, deadline);
      },
      asio::use_awaitable_t<Executor>{});
}

}  // namespace parley::runtime
