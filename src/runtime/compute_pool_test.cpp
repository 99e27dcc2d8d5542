// SPDX-License-Identifier: Apache-2.0
#include "runtime/compute_pool.hpp"

#include "runtime/io_threads.hpp"

#include <atomic>
#include <future>
#include <string>
#include <utility>
#include <vector>

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

// A pool whose one thread is held, so that what is posted waits.
class HeldPool {
 public:
  explicit HeldPool(std::size_t capacity) : pool_({.threads = 1, .capacity = capacity}) {
    std::promise<void> started;
    EXPECT_TRUE(pool_.post([&started, release = release_.get_future().share()] {
      started.set_value();
      release.wait();
    }));
    started.get_future().wait();
  }
  ~HeldPool() { release(); }
  HeldPool(const HeldPool&) = delete;
  HeldPool& operator=(const HeldPool&) = delete;

  ComputePool& operator*() { return pool_; }
  ComputePool* operator->() { return &pool_; }
  void release() {
    if (!std::exchange(released_, true)) release_.set_value();
  }

 private:
  std::promise<void> release_;
  bool released_ = false;
  ComputePool pool_;
};

TEST(ComputePool, RefusesAFlowThatHasFilledItsShareAndTakesAnother) {
  HeldPool pool(256);
  std::size_t held = 0;
  while (pool->post([] {}, "flood")) ++held;
  EXPECT_EQ(held, 8U);
  EXPECT_TRUE(pool->post([] {}, "another"));
}

TEST(ComputePool, RunsOnePieceOfEachFlowInTurn) {
  HeldPool pool(256);
  std::vector<std::string> order;
  std::promise<void> done;
  for (const char* piece : {"a1", "a2", "a3"})
    ASSERT_TRUE(pool->post([&, piece] { order.emplace_back(piece); }, "a"));
  ASSERT_TRUE(pool->post([&] { order.emplace_back("b1"); }, "b"));
  ASSERT_TRUE(pool->post([&] { done.set_value(); }, "a"));
  pool.release();
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{"a1", "b1", "a2", "a3"}));
}

TEST(ComputePool, RunsForTheFlowOfItsContext) {
  IoThreads io(1);
  HeldPool pool(256);
  while (pool->post([] {}, "flood")) {
  }
  Context context{.flow = "flood"};
  const auto refused = run_on(io, *pool, context, [] { return 1; });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  context.flow = "another";
  context.deadline = SystemClock().now() + std::chrono::milliseconds(5);
  const auto waited = run_on(io, *pool, context, [] { return 1; });
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ErrorCode::kTimeout);
}

TEST(ComputePool, GoesOnWithWorkThatIsUnderWayAlsoWhenItIsFull) {
  std::promise<void> started;
  std::promise<void> filled;
  std::promise<void> done;
  ComputePool pool({.threads = 1, .capacity = 1});
  ASSERT_TRUE(pool.post([&] {
    started.set_value();
    filled.get_future().wait();
    pool.go_on([&] { done.set_value(); });
  }));
  started.get_future().wait();
  ASSERT_TRUE(pool.post([] {}));
  filled.set_value();
  done.get_future().wait();
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

TEST(SerialQueue, RefusesAFlowThatHasFilledItsShareAndTakesAnother) {
  HeldPool pool(4096);
  const auto queue = SerialQueue::make(*pool, 256);
  std::size_t held = 0;
  while (queue->post([] {}, "flood")) ++held;
  EXPECT_EQ(held, 8U);
  EXPECT_TRUE(queue->post([] {}, "another"));
}

TEST(SerialQueue, GoesOnBehindOneOfEachOther) {
  HeldPool pool(256);
  const auto queue = SerialQueue::make(*pool, 2);
  std::vector<std::string> order;
  std::promise<void> done;
  ASSERT_TRUE(queue->post(
      [&] {
        order.emplace_back("a1");
        queue->go_on(
            [&] {
              order.emplace_back("a2");
              done.set_value();
            },
            "a");
      },
      "a"));
  ASSERT_TRUE(queue->post([&] { order.emplace_back("b1"); }, "b"));
  pool.release();
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{"a1", "b1", "a2"}));
}

TEST(SerialQueue, TakesNothingThatItsPoolRefuses) {
  HeldPool pool(1);
  ASSERT_TRUE(pool->post([] {}));
  const auto queue = SerialQueue::make(*pool, 4);
  EXPECT_FALSE(queue->post([] { ADD_FAILURE(); }));
  pool.release();
  std::promise<void> done;
  while (!queue->post([&] { done.set_value(); })) {
  }
  done.get_future().wait();
}

}  // namespace
}  // namespace parley::runtime
