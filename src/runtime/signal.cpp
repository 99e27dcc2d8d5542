// SPDX-License-Identifier: Apache-2.0
#include "runtime/signal.hpp"

#include <cstdint>
#include <memory>
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

namespace {

// A suspended coroutine. finish() hands everything it holds to the executor: nothing of the executor may be
// touched from the notifying thread afterwards, for its threads may be gone by then.
class Waiter {
 public:
  virtual ~Waiter() = default;
  virtual void finish(bool value) = 0;
};

template <class Handler>
class HandlerWaiter final : public Waiter {
 public:
  HandlerWaiter(Handler handler, const Executor& executor)
      : handler_(std::move(handler)), work_(asio::make_work_guard(executor)) {}

  void finish(bool value) override {
    const auto to = asio::get_associated_executor(handler_, work_.get_executor());
    asio::post(to, [handler = std::move(handler_), work = std::move(work_), value]() mutable {
      std::move(handler)(value);
    });
  }

 private:
  Handler handler_;
  asio::executor_work_guard<Executor> work_;
};

}  // namespace

// The timer is touched only under the mutex: a notification and the deadline may come from two threads.
struct Signal::State : std::enable_shared_from_this<State> {
  std::mutex mutex;
  bool set = false;
  std::uint64_t generation = 0;  // counts waits
  std::uint64_t cancelled = 0;   // the wait that was cancelled before it was there to be completed
  std::unique_ptr<Waiter> pending;
  std::optional<asio::steady_timer> timer;

  // Takes the waiter of `which` generation (any when 0) and completes it with `value`.
  bool complete(bool value, std::uint64_t which) {
    std::unique_ptr<Waiter> waiter;
    {
      const std::lock_guard lock(mutex);
      if (!pending || (which != 0 && which != generation)) {
        if (value) set = true;
        if (!value && which == generation) cancelled = which;
        return false;
      }
      waiter = std::move(pending);
      if (timer) timer->cancel();
      timer.reset();
    }
    waiter->finish(value);
    return true;
  }

  template <class Handler>
  void arm(Handler handler, const Executor& executor, TimePoint deadline) {
    const auto alive = shared_from_this();  // the coroutine that held it may end before this returns
    auto slot = asio::get_associated_cancellation_slot(handler);
    auto waiter = std::make_unique<HandlerWaiter<Handler>>(std::move(handler), executor);
    std::uint64_t mine = 0;
    {
      const std::lock_guard lock(mutex);
      mine = ++generation;
    }
    // Before the waiter can be seen: once it is, another thread may end the coroutine, and its slot with it.
    if (slot.is_connected()) {
      slot.assign([self = weak_from_this(), mine](asio::cancellation_type) {
        if (const auto state = self.lock()) state->complete(false, mine);
      });
    }
    bool value = false;
    {
      const std::lock_guard lock(mutex);
      value = std::exchange(set, false);
      if (!value && cancelled != mine) {
        pending = std::move(waiter);
        arm_timer(executor, deadline, mine);
        return;
      }
    }
    waiter->finish(value);
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
  // Plain pointers into this frame, which is there until the call has been made: g++ 12 destroys twice what
  // the function passed here holds.
  const auto arm = [state = state.get(), executor = &executor, deadline](auto&& handler) {
    state->arm(std::forward<decltype(handler)>(handler), *executor, deadline);
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<Executor>, void(bool)>(
      arm, asio::use_awaitable_t<Executor>{});
}

}  // namespace parley::runtime
