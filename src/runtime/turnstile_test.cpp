// SPDX-License-Identifier: Apache-2.0
#include "runtime/turnstile.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

constexpr int kPieces = 40;

// `order`: who did a piece of work.
Task<> much(std::string* order, char name) {
  for (int i = 0; i < kPieces; ++i) {
    const bool told = co_await pass_turnstile();
    EXPECT_TRUE(told);
    *order += name;
  }
}

Task<> little(std::string* order) {
  for (int i = 0; i < kPieces; ++i) {
    co_await boost::asio::post(boost::asio::use_awaitable_t<Executor>());
    *order += '-';
  }
}

Task<> all_of(TaskGroup* group) {
  const bool idle = co_await group->wait_idle(TimePoint::max());
  EXPECT_TRUE(idle);
}

// On the only I/O thread, so that none goes on before all have begun.
Task<> begin_together(TaskGroup* group, std::vector<Task<>> tasks) {
  for (auto& task : tasks) group->spawn(std::move(task));
  co_await all_of(group);
}

TEST(Turnstile, LetsOnOneAfterTheOther) {
  IoThreads io(1);
  std::string order;
  TaskGroup group(io.strand());
  std::vector<Task<>> tasks;
  for (const char name : {'a', 'b', 'c'}) tasks.push_back(much(&order, name));
  io.run(begin_together(&group, std::move(tasks)));
  ASSERT_EQ(order.size(), 3U * kPieces);
  // Whoever came first: from then on they take turns.
  for (std::size_t i = 6; i + 6 < order.size(); ++i) EXPECT_EQ(order[i], order[i - 3]) << i;
}

TEST(Turnstile, OthersWaitForOnePieceAtATime) {
  IoThreads io(1);
  std::string order;
  TaskGroup group(io.strand());
  std::vector<Task<>> tasks;
  for (int i = 0; i < 10; ++i) tasks.push_back(much(&order, 'a'));
  tasks.push_back(little(&order));
  io.run(begin_together(&group, std::move(tasks)));
  const std::size_t begun = order.find('-');
  const std::size_t ended = order.rfind('-');
  std::size_t longest = 0;
  for (std::size_t at = begun; at < ended;) {
    const std::size_t next = order.find('-', at + 1);
    longest = std::max(longest, next - at - 1);
    at = next;
  }
  EXPECT_LE(longest, 2U) << order;
  EXPECT_GE(longest, 1U) << order;
}

Task<> stop(TaskGroup* group) { co_await group->stop(); }

Task<> gives_up() {
  const bool told = co_await pass_turnstile();
  static_cast<void>(told);
}

TEST(Turnstile, GoesOnWithoutThoseWhoGaveUp) {
  IoThreads io(1);
  std::string order;
  TaskGroup leaving(io.executor());
  TaskGroup group(io.executor());
  for (int i = 0; i < 5; ++i) leaving.spawn(gives_up());
  group.spawn(much(&order, 'a'));
  io.run(stop(&leaving));
  io.run(all_of(&group));
  EXPECT_EQ(order, std::string(kPieces, 'a'));
}

}  // namespace
}  // namespace parley::runtime
