// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_group.hpp"

#include "runtime/io_threads.hpp"

#include <atomic>
#include <future>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

namespace parley::runtime {
namespace {

Task<> wait_for_ever(std::shared_ptr<Signal> never, std::atomic<int>* ended) {
  const bool notified = co_await never->wait();
  EXPECT_FALSE(notified);
  ended->fetch_add(1);
}

Task<> stop(TaskGroup* group) { co_await group->stop(); }

TEST(TaskGroup, CancelsAndJoinsWhatItOwns) {
  IoThreads io(2);
  std::atomic<int> ended{0};
  TaskGroup group(io.strand());
  for (int i = 0; i < 20; ++i) group.spawn(wait_for_ever(std::make_shared<Signal>(), &ended));
  io.run(stop(&group));
  EXPECT_EQ(ended.load(), 20);
  EXPECT_EQ(group.size(), 0U);
  EXPECT_TRUE(group.stop_token().stop_requested());
}

// Keeps its thread until it is let go, and ends without having waited.
struct Busy {
  std::promise<void> started;
  std::promise<void> let_go;
};

Task<> be_busy(std::shared_ptr<Busy> busy) {
  busy->started.set_value();
  busy->let_go.get_future().wait();
  co_return;
}

Task<> nothing() { co_return; }

TEST(TaskGroup, SurvivesATaskThatEndsAsItIsCancelled) {
  const auto busy = std::make_shared<Busy>();
  IoThreads io(2);
  TaskGroup other(io.executor());
  {
    TaskGroup group(io.executor());
    group.spawn(be_busy(busy));
    busy->started.get_future().wait();
  }
  io.run(nothing());  // comes behind the cancellation
  busy->let_go.set_value();
  io.run(stop(&other));
  EXPECT_EQ(other.size(), 0U);
}

TEST(TaskGroup, StartsNothingAfterItStopped) {
  IoThreads io(1);
  std::atomic<int> ended{0};
  TaskGroup group(io.executor());
  io.run(stop(&group));
  group.spawn(wait_for_ever(std::make_shared<Signal>(), &ended));
  EXPECT_EQ(group.size(), 0U);
}

Task<> throws() {
  throw std::runtime_error("a task of a test fails");
  co_return;
}

Task<> idle(TaskGroup* group, bool* result) { *result = co_await group->wait_idle(TimePoint::max()); }

TEST(TaskGroup, OutlivesATaskThatThrows) {
  IoThreads io(1);
  TaskGroup group(io.strand());
  group.spawn(throws());
  bool is_idle = false;
  io.run(idle(&group, &is_idle));
  EXPECT_TRUE(is_idle);
}

// What is logged while it lives.
class Complaints {
 public:
  Complaints() {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~Complaints() { spdlog::set_default_logger(before_); }
  Complaints(const Complaints&) = delete;
  Complaints& operator=(const Complaints&) = delete;
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

Task<> wait_again_and_again(std::shared_ptr<Signal> never) {
  for (;;) {
    const bool notified = co_await never->wait();
    EXPECT_FALSE(notified);
  }
}

TEST(TaskGroup, ComplainsOfAThrowAndNotOfWhatItStopped) {
  const Complaints complaints;
  IoThreads io(1);
  TaskGroup group(io.strand());
  group.spawn(wait_again_and_again(std::make_shared<Signal>()));
  io.run(stop(&group));
  EXPECT_EQ(complaints.text(), "");
  TaskGroup other(io.strand());
  other.spawn(throws());
  bool is_idle = false;
  io.run(idle(&other, &is_idle));
  EXPECT_NE(complaints.text().find("a task of a test fails"), std::string::npos);
}

Task<> ping(std::shared_ptr<Signal> mine, std::shared_ptr<Signal> other, int rounds) {
  for (int i = 0; i < rounds; ++i) {
    const bool notified = co_await mine->wait();
    EXPECT_TRUE(notified);
    other->notify();
  }
}

TEST(Signal, PassesEveryNotificationBetweenThreads) {
  IoThreads io(2);
  const auto a = std::make_shared<Signal>();
  const auto b = std::make_shared<Signal>();
  TaskGroup group(io.executor());
  group.spawn(ping(a, b, 5000));
  group.spawn(ping(b, a, 5000));
  a->notify();
  bool is_idle = false;
  io.run(idle(&group, &is_idle));
  EXPECT_TRUE(is_idle);
}

}  // namespace
}  // namespace parley::runtime
