// SPDX-License-Identifier: Apache-2.0
#include "runtime/compute_pool.hpp"

#include "runtime/io_threads.hpp"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

// Runs `work` on a pool as a caller would, and gives back what the caller gets. `io` outlives the pool, whose
// threads may still be waking it when the caller goes on.
template <class F>
detail::RunResult<F> run_on(IoThreads& io, ComputePool& pool, const Context& context, F work) {
  std::optional<detail::RunResult<F>> out;
  struct Body {
    static Task<> go(ComputePool* p, Context c, F w, std::optional<detail::RunResult<F>>* result) {
      result->emplace(co_await p->run(std::move(c), std::move(w)));
    }
  };
  io.run(Body::go(&pool, context, std::move(work), &out));
  return std::move(*out);
}

TEST(ComputePool, GivesBackWhatTheWorkReturns) {
  IoThreads io(1);
  ComputePool pool({});
  const auto sum = run_on(io, pool, {}, [] { return 2 + 3; });
  ASSERT_TRUE(sum);
  EXPECT_EQ(*sum, 5);
  const auto failed =
      run_on(io, pool, {}, []() -> Result<int> { return Error{ErrorCode::kRagFailed, "no"}; });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kRagFailed);
}

TEST(ComputePool, TurnsAThrowIntoAnInternalError) {
  IoThreads io(1);
  ComputePool pool({});
  const auto failed = run_on(io, pool, {}, []() -> int { throw std::runtime_error("secret"); });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInternalError);
  EXPECT_EQ(failed.error().message.find("secret"), std::string::npos);
}

TEST(ComputePool, RefusesWhenItsQueueIsFull) {
  std::promise<void> release;
  std::promise<void> started;
  ComputePool pool({.threads = 1, .capacity = 1});
  ASSERT_TRUE(pool.post([&] {
    started.set_value();
    release.get_future().wait();
  }));
  started.get_future().wait();
  EXPECT_TRUE(pool.post([] {}));
  const auto refused = pool.post([] {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  release.set_value();
}

TEST(ComputePool, DoesNotWaitPastTheDeadline) {
  IoThreads io(1);
  std::promise<void> release;
  std::promise<void> started;
  ComputePool pool({.threads = 1});
  ASSERT_TRUE(pool.post([&] {
    started.set_value();
    release.get_future().wait();
  }));
  started.get_future().wait();
  Context context;
  context.deadline = SystemClock().now() + std::chrono::milliseconds(5);
  const auto late = run_on(io, pool, context, [] { return 1; });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::kTimeout);
  release.set_value();
}

TEST(ComputePool, StopsWaitingWhenCancelled) {
  IoThreads io(1);
  ComputePool pool({});
  std::stop_source stop;
  stop.request_stop();
  const auto cancelled = run_on(io, pool, Context{}.stopped_by(stop.get_token()), [] { return 1; });
  ASSERT_FALSE(cancelled);
  EXPECT_EQ(cancelled.error().code, ErrorCode::kCancelled);
}

TEST(SerialQueue, RunsOneAtATimeInOrder) {
  ComputePool pool({.threads = 4, .capacity = 4096});
  const auto queue = SerialQueue::make(pool, 4096);
  std::atomic<int> inside{0};
  std::vector<int> order;
  std::promise<void> done;
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(queue->post([&, i] {
      EXPECT_EQ(inside.fetch_add(1), 0);
      order.push_back(i);
      inside.fetch_sub(1);
      if (i == 499) done.set_value();
    }));
  }
  done.get_future().wait();
  ASSERT_EQ(order.size(), 500U);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
}

}  // namespace
}  // namespace parley::runtime
