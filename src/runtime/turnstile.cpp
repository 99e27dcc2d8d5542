// SPDX-License-Identifier: Apache-2.0
#include "runtime/turnstile.hpp"

#include "runtime/signal.hpp"

#include <deque>
#include <mutex>
#include <utility>

#include <boost/asio/post.hpp>

namespace parley::runtime {
namespace asio = boost::asio;

struct Turnstile::State {
  struct Waiting {
    std::shared_ptr<Signal> turn;
    Executor executor;
  };

  std::mutex mutex;
  std::deque<Waiting> waiting;
  bool turning = false;  // a turn is queued on an executor

  // What goes on next is queued before the turn after it, and so runs before it.
  static void let_one_on(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    const Waiting first = std::move(state->waiting.front());
    state->waiting.pop_front();
    state->turning = !state->waiting.empty();
    const Executor next = state->turning ? state->waiting.front().executor : Executor();
    lock.unlock();
    first.turn->notify();
    if (next) asio::post(next, [state] { let_one_on(state); });
  }
};

Turnstile::Turnstile() : state_(std::make_shared<State>()) {}
Turnstile::~Turnstile() = default;

Task<bool> Turnstile::pass(Executor executor) {
  const auto turn = std::make_shared<Signal>();
  const auto state = state_;
  bool turns = false;
  {
    const std::lock_guard lock(state->mutex);
    state->waiting.push_back({turn, executor});
    turns = std::exchange(state->turning, true);
  }
  if (!turns) asio::post(executor, [state] { State::let_one_on(state); });
  const bool told = co_await turn->wait();
  co_return told;
}

}  // namespace parley::runtime
