// SPDX-License-Identifier: Apache-2.0
#include "runtime/io_threads.hpp"

#include <future>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_future.hpp>
#include <pthread.h>

namespace parley::runtime {
namespace asio = boost::asio;

struct IoThreads::State {
  explicit State(std::size_t count) : context(static_cast<int>(count)), work(context.get_executor()) {}
  asio::io_context context;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::thread> threads;
};

IoThreads::IoThreads(std::size_t threads) : state_(std::make_unique<State>(threads)) {
  for (std::size_t i = 0; i < threads; ++i) {
    state_->threads.emplace_back([this] {
      pthread_setname_np(pthread_self(), "io");
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
