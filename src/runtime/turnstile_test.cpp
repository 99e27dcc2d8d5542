// SPDX-License-Identifier: Apache-2.0
#include "runtime/turnstile.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/signal.hpp"
#include "runtime/task_group.hpp"

#include <algorithm>
#include <string>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace parley::runtime {
namespace {

constexpr int kPieces = 40;

struct Scene {
  Turnstile turnstile;
  std::string order;  // who did a piece of work
};

Task<> much(Scene* scene, Executor executor, char name) {
  for (int i = 0; i < kPieces; ++i) {
    const bool told = co_await scene->turnstile.pass(executor);
    EXPECT_TRUE(told);
    scene->order += name;
  }
}

Task<> little(Scene* scene, Executor executor) {
  for (int i = 0; i < kPieces; ++i) {
    co_await boost::asio::post(executor, boost::asio::use_awaitable_t<Executor>());
    scene->order += '-';
  }
}

Task<> all_of(TaskGroup* group) {
  const bool idle = co_await group->wait_idle(TimePoint::max());
  EXPECT_TRUE(idle);
}

TEST(Turnstile, LetsOnOneAfterTheOther) {
  IoThreads io(1);
  Scene scene;
  TaskGroup group(io.strand());
  for (const char name : {'a', 'b', 'c'}) group.spawn(much(&scene, io.executor(), name));
  io.run(all_of(&group));
  ASSERT_EQ(scene.order.size(), 3U * kPieces);
  // Whoever came first: from then on they take turns.
  for (std::size_t i = 6; i + 6 < scene.order.size(); ++i) EXPECT_EQ(scene.order[i], scene.order[i - 3]) << i;
}

TEST(Turnstile, OthersWaitForOnePieceAtATime) {
  IoThreads io(1);
  Scene scene;
  TaskGroup group(io.strand());
  for (int i = 0; i < 10; ++i) group.spawn(much(&scene, io.executor(), 'a'));
  group.spawn(little(&scene, io.executor()));
  io.run(all_of(&group));
  const std::size_t begun = scene.order.find('-');
  const std::size_t ended = scene.order.rfind('-');
  std::size_t longest = 0;
  for (std::size_t at = begun; at < ended;) {
    const std::size_t next = scene.order.find('-', at + 1);
    longest = std::max(longest, next - at - 1);
    at = next;
  }
  EXPECT_LE(longest, 2U) << scene.order;
  EXPECT_GE(longest, 1U) << scene.order;
}

Task<> stop(TaskGroup* group) { co_await group->stop(); }

Task<> gives_up(Turnstile* turnstile, Executor executor) {
  const bool told = co_await turnstile->pass(std::move(executor));
  static_cast<void>(told);
}

TEST(Turnstile, GoesOnWithoutThoseWhoGaveUp) {
  IoThreads io(1);
  Scene scene;
  TaskGroup leaving(io.executor());
  TaskGroup group(io.executor());
  for (int i = 0; i < 5; ++i) leaving.spawn(gives_up(&scene.turnstile, io.executor()));
  group.spawn(much(&scene, io.executor(), 'a'));
  io.run(stop(&leaving));
  io.run(all_of(&group));
  EXPECT_EQ(scene.order, std::string(kPieces, 'a'));
}

}  // namespace
}  // namespace parley::runtime
