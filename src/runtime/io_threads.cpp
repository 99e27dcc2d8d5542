// SPDX-License-Identifier: Apache-2.0
#include "runtime/io_threads.hpp"

#include <cstdint>
#include <future>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace parley::runtime {
namespace asio = boost::asio;

struct IoThreads::State {
  explicit State(std::size_t count) : context(static_cast<int>(count)), work(context.get_executor()) {}
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::thread> threads;
};

namespace {

// As `struct sched_attr` of sched_setattr(2), which the C library does not declare.
struct SchedulingAttributes {
  std::uint32_t size = sizeof(SchedulingAttributes);
  std::uint32_t policy = SCHED_OTHER;
  std::uint64_t flags = 0;
  std::int32_t nice = 0;
  std::uint32_t priority = 0;
  std::uint64_t runtime = 0;  // nanoseconds
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
};

// Who asks for the processor in short slices gets it sooner (Linux 6.12; before, this changes nothing). It
// would only be later, so a refusal is no matter.
void ask_for_short_slices() {
  constexpr std::uint64_t kSliceNanoseconds = 100'000;  // the shortest there is
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  SchedulingAttributes attributes;
  attributes.nice = getpriority(PRIO_PROCESS, thread);
  attributes.runtime = kSliceNanoseconds;
  static_cast<void>(syscall(SYS_sched_setattr, thread, &attributes, 0U));
}

}  // namespace

IoThreads::IoThreads(std::size_t threads) : state_(std::make_unique<State>(threads)) {
  for (std::size_t i = 0; i < threads; ++i) {
    state_->threads.emplace_back([this] {
      pthread_setname_np(pthread_self(), "io");
      ask_for_short_slices();
      state_->context.run();
    });
  }
}

IoThreads::~IoThreads() { stop(); }

Executor IoThreads::executor() const { return state_->context.get_executor(); }

Executor IoThreads::strand() const { return asio::make_strand(state_->context); }

void IoThreads::run(Task<> task) { asio::co_spawn(state_->context, std::move(task), asio::use_future).get(); }

void IoThreads::stop() {
  state_->work.reset();
  state_->context.stop();
  for (auto& thread : state_->threads) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace parley::runtime
