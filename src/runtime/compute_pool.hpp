// SPDX-License-Identifier: Apache-2.0
// Bounded threads for inference, parsing and SQL, scheduled below the I/O threads so that audio is never late
// because a model is busy.
#pragma once

#include "runtime/context.hpp"
#include "runtime/fair_queue.hpp"
#include "runtime/signal.hpp"

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace parley::runtime {

namespace detail {

template <class R>
struct FlatResult {
  using type = Result<R>;
};
template <class U>
struct FlatResult<Result<U>> {
  using type = Result<U>;
};

template <class F>
using RunResult = typename FlatResult<std::invoke_result_t<F>>::type;

}  // namespace detail

// Nice values of what is not I/O, added to those of the process. A recogniser is busy all the time that
// somebody speaks; an answer and the sound of a sentence take some ten milliseconds, for which somebody
// waits. They are this far apart so that threads of sockets go first also when they need half of a processor
// themselves (ADR 2).
inline constexpr int kSpeakingNiceness = 8;
inline constexpr int kComputeNiceness = 15;
inline constexpr int kBackgroundNiceness = 18;

// Flows take turns, one piece of work each (fair_queue.hpp). Overflow policy: a queue that is full, or full
// for a flow, refuses new work with OVERLOADED; accepted work always runs.
class ComputePool {
 public:
  struct Options {
    std::string name = "compute";
    std::size_t threads = 2;
    std::size_t capacity = 256;       // queued, not yet running
    int niceness = kComputeNiceness;  // added to each thread's nice value (Linux: per thread)
  };

  explicit ComputePool(Options options);
  ~ComputePool();  // finishes what is queued, then joins
  ComputePool(const ComputePool&) = delete;
  ComputePool& operator=(const ComputePool&) = delete;

  // Queues `work`; it must not throw. Any thread.
  Result<> post(std::function<void()> work, const std::string& flow = {});

  // For work that runs here now: queues what is left of it, whose place was granted before. Never refused.
  void go_on(std::function<void()> rest, const std::string& flow = {});

  // Runs `work` on the pool and resumes the caller on its own executor. CANCELLED or TIMEOUT when the context
  // ends first: the work still runs to its end, and its result is dropped, so it must own what it touches.
  // `work` returns R or Result<R>; either way the caller gets Result<R>. A throw becomes INTERNAL_ERROR.
  template <class F>
  Task<detail::RunResult<F>> run(Context context, F work) {
    using R = detail::RunResult<F>;
    struct Shared {
      Signal done;
      std::mutex mutex;
      std::optional<R> result;
    };
    auto shared = std::make_shared<Shared>();
    const Result<> early = context.check(SystemClock().now());
    if (!early) co_return early.error();
    auto moved = std::make_shared<F>(std::move(work));
    auto piece = [shared, moved]() mutable {
      std::optional<R> result;
      try {
        if constexpr (std::is_void_v<std::invoke_result_t<F>>) {
          (*moved)();
          result.emplace();
        } else {
          result.emplace((*moved)());
        }
      } catch (const std::exception& caught) {
        result.emplace(internal_error(caught));
      }
      moved.reset();
      {
        const std::lock_guard lock(shared->mutex);
        shared->result = std::move(result);
      }
      shared->done.notify();
    };
    const Result<> queued = post(std::move(piece), context.flow);
    if (!queued) co_return queued.error();
    const std::stop_callback on_stop(context.stop, [shared] { shared->done.notify(); });
    const bool notified = co_await shared->done.wait(context.deadline);
    const std::lock_guard lock(shared->mutex);
    if (shared->result) co_return std::move(*shared->result);
    if (context.cancelled()) co_return Error{ErrorCode::kCancelled, "the request was cancelled"};
    if (!notified && SystemClock().now() >= context.deadline) {
      co_return Error{ErrorCode::kTimeout, "the work took too long"};
    }
    co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
  }

  std::size_t queued() const;
  std::size_t threads() const { return workers_.size(); }

 private:
  static Error internal_error(const std::exception& caught);
  void work_loop();

  Options options_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  FairQueue<std::function<void()>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

// Runs its work one at a time on a pool, that of a flow in order, holding no thread while idle: the place for
// an engine instance that is not thread-safe. Keep it by shared_ptr; queued work keeps it alive.
class SerialQueue : public std::enable_shared_from_this<SerialQueue> {
 public:
  static std::shared_ptr<SerialQueue> make(ComputePool& pool, std::size_t capacity);

  // OVERLOADED when `capacity` pieces wait or the pool is full, or either is for this flow.
  Result<> post(std::function<void()> work, const std::string& flow = {});
  // As of the pool.
  void go_on(std::function<void()> rest, const std::string& flow = {});

 private:
  SerialQueue(ComputePool& pool, std::size_t capacity) : pool_(pool), queue_(capacity) {}
  void drain();

  ComputePool& pool_;
  std::mutex mutex_;
  FairQueue<std::function<void()>> queue_;
  bool running_ = false;
};

}  // namespace parley::runtime
