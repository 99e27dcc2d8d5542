// SPDX-License-Identifier: Apache-2.0
#include "runtime/turnstile.hpp"

#include "runtime/signal.hpp"

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

namespace parley::runtime {
namespace asio = boost::asio;

namespace {

// There is one for all coroutines of an execution context, made when the first of them comes.
class Turnstile final : public asio::execution_context::service {
 public:
  using key_type = Turnstile;
  inline static asio::execution_context::id id;

  explicit Turnstile(asio::execution_context& context) : service(context) {}

  // Notified when it is the turn of who came, who runs on `executor`.
  std::shared_ptr<Signal> come(const Executor& executor) {
    const auto turn = std::make_shared<Signal>();
    bool turns = false;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({turn, executor});
      turns = std::exchange(turning_, true);
    }
    if (!turns) asio::post(executor, [this] { let_one_on(); });
    return turn;
  }

 private:
  struct Waiting {
    std::shared_ptr<Signal> turn;
    Executor executor;
  };

  void shutdown() override { std::exchange(waiting_, {}).clear(); }

  // What goes on next is queued before the turn after it, and so runs before it.
  void let_one_on() {
    std::unique_lock lock(mutex_);
    const Waiting first = std::move(waiting_.front());
    waiting_.pop_front();
    turning_ = !waiting_.empty();
    const Executor next = turning_ ? waiting_.front().executor : Executor();
    lock.unlock();
    first.turn->notify();
    if (next) asio::post(next, [this] { let_one_on(); });
  }

  std::mutex mutex_;
  std::deque<Waiting> waiting_;
  bool turning_ = false;  // a turn is queued on an executor
};

}  // namespace

Task<bool> pass_turnstile() {
  const Executor executor = co_await asio::this_coro::executor;
  auto& context = asio::query(executor, asio::execution::context);
  const auto turn = asio::use_service<Turnstile>(context).come(executor);
  const bool told = co_await turn->wait();
  co_return told;
}

}  // namespace parley::runtime
