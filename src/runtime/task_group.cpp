// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_group.hpp"

#include <cstdint>
#include <exception>
#include <map>
#include <mutex>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <spdlog/spdlog.h>

namespace parley::runtime {
namespace asio = boost::asio;

struct TaskGroup::State {
  explicit State(Executor ex) : executor(std::move(ex)) {}

  Executor executor;
  std::mutex mutex;
  bool stopping = false;
  std::uint64_t next_id = 0;
  std::map<std::uint64_t, std::shared_ptr<asio::cancellation_signal>> running;
  std::stop_source stop;
  Signal idle;

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

namespace {

// Each task starts on the executor, so that its signal is emitted where its waits live.
void cancel_all(const Executor& executor, std::vector<std::shared_ptr<asio::cancellation_signal>> signals) {
  asio::post(executor, [signals = std::move(signals)] {
    for (const auto& signal : signals) signal->emit(asio::cancellation_type::terminal);
  });
}

}  // namespace

TaskGroup::TaskGroup(Executor executor) : state_(std::make_shared<State>(std::move(executor))) {}

TaskGroup::~TaskGroup() {
  std::vector<std::shared_ptr<asio::cancellation_signal>> signals;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (const auto& [id, signal] : state_->running) signals.push_back(signal);
  }
  state_->stop.request_stop();
  if (!signals.empty()) cancel_all(state_->executor, std::move(signals));
}

void TaskGroup::spawn(Task<> task) {
  auto signal = std::make_shared<asio::cancellation_signal>();
  std::uint64_t id = 0;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping) return;
    id = state_->next_id++;
    state_->running.emplace(id, signal);
  }
  asio::co_spawn(state_->executor, std::move(task),
                 asio::bind_cancellation_slot(
                     signal->slot(), [state = state_, id, signal](const std::exception_ptr& failure) {
                       state->finished(id, failure);
                     }));
}

Task<> TaskGroup::stop() {
  const auto state = state_;
  std::vector<std::shared_ptr<asio::cancellation_signal>> signals;
  {
    const std::lock_guard lock(state->mutex);
    state->stopping = true;
    for (const auto& [id, signal] : state->running) signals.push_back(signal);
  }
  state->stop.request_stop();
  if (!signals.empty()) cancel_all(state->executor, std::move(signals));
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
