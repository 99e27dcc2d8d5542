// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_group.hpp"

#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

namespace parley::runtime {
namespace asio = boost::asio;

struct TaskGroup::State {
  struct Running {
    std::shared_ptr<asio::cancellation_signal> signal;
    bool begun = false;
  };

  explicit State(Executor ex) : executor(std::move(ex)) {}

  Executor executor;
  std::mutex mutex;
  bool stopping = false;
  std::uint64_t next_id = 0;
  std::map<std::uint64_t, Running> running;
  std::stop_source stop;
  Signal idle;

  // A task that ends without having waited is completed by a wait of the library's own, and so is one begun.
  // These throw, where nobody catches, once the task is cancelled: so it is told of that only while it runs.
  static Task<> run(std::shared_ptr<State> state, std::uint64_t id, Task<> task) {
    state->begin(id);
    std::exception_ptr failure;
    try {
      co_await std::move(task);
    } catch (...) {
      failure = std::current_exception();
    }
    co_await asio::this_coro::throw_if_cancelled(false);
    if (failure) std::rethrow_exception(failure);
  }

  void begin(std::uint64_t id) {
    const std::lock_guard lock(mutex);
    Running& task = running.at(id);
    task.begun = true;
    if (stopping) cancel({task.signal});
  }

  void cancel_all() {
    std::vector<std::shared_ptr<asio::cancellation_signal>> signals;
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      for (const auto& [id, task] : running) {
        if (task.begun) signals.push_back(task.signal);
      }
    }
    stop.request_stop();
    if (!signals.empty()) cancel(std::move(signals));
  }

  // On the executor, where the waits of the tasks live.
  void cancel(std::vector<std::shared_ptr<asio::cancellation_signal>> signals) const {
    asio::post(executor, [signals = std::move(signals)] {
      for (const auto& signal : signals) signal->emit(asio::cancellation_type::terminal);
    });
  }

  static void complain(const std::exception& caught) {
    spdlog::error("a task ended with an exception: {}", caught.what());
  }
  void finished(std::uint64_t id, const std::exception_ptr& failure) {
    if (failure) {
      try {
        std::rethrow_exception(failure);
      } catch (const boost::system::system_error& caught) {
        // How a task that is stopped ends when it would wait again.
        const bool cancelled = stop.stop_requested() &&
                               caught.code() == boost::system::error_code(asio::error::operation_aborted);
        if (!cancelled) complain(caught);
      } catch (const std::exception& caught) {
        complain(caught);
      }
    }
    const std::lock_guard lock(mutex);
    running.erase(id);
    if (running.empty()) idle.notify();
  }
};

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() { state_->cancel_all(); }

void TaskGroup::spawn(Task<> task) {
  auto signal = std::make_shared<asio::cancellation_signal>();
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return;
    id = state_->next_id++;
    state_->running.emplace(id, State::Running{signal});
  }
  asio::co_spawn(state_->executor, State::run(state_, id, std::move(task)),
                 asio::bind_cancellation_slot(
                     signal->slot(), [state = state_, id, signal](const std::exception_ptr& failure) {
                       state->finished(id, failure);
                     }));
}

Task<> TaskGroup::stop() {
  state_->cancel_all();
  const bool idle = co_await wait_idle(TimePoint::max());
  static_cast<void>(idle);
}

Task<bool> TaskGroup::wait_idle(TimePoint deadline) {
  const auto state = state_;
  for (;;) {
    {
      const std::lock_guard lock(state->mutex);
      if (state->running.empty()) co_return true;
    }
    const bool notified = co_await state->idle.wait(deadline);
    if (!notified) co_return false;
  }
}

std::stop_token TaskGroup::stop_token() const { return state_->stop.get_token(); }

std::size_t TaskGroup::size() const {
  const std::lock_guard lock(state_->mutex);
  return state_->running.size();
}

}  // namespace parley::runtime
