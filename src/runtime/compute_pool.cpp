// SPDX-License-Identifier: Apache-2.0
#include "runtime/compute_pool.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace parley::runtime {

ComputePool::ComputePool(Options options) : options_(std::move(options)) {
  workers_.reserve(options_.threads);
  for (std::size_t i = 0; i < options_.threads; ++i) {
    workers_.emplace_back([this] { work_loop(); });
  }
}

ComputePool::~ComputePool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& worker : workers_) worker.join();
}

Result<> ComputePool::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Error{ErrorCode::kServiceUnavailable, "the server is stopping"};
    if (queue_.size() >= options_.capacity) {
      return Error{ErrorCode::kOverloaded, "the server is busy", {}, std::chrono::seconds(1)};
    }
    queue_.push_back(std::move(work));
  }
  wake_.notify_one();
  return {};
}

std::size_t ComputePool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

Error ComputePool::internal_error(const std::exception& caught) {
  spdlog::error("unexpected exception on a pool thread: {}", caught.what());
  return Error{ErrorCode::kInternalError, "the server failed unexpectedly"};
}

void ComputePool::work_loop() {
  pthread_setname_np(pthread_self(), options_.name.substr(0, 15).c_str());
  // On Linux a nice value belongs to the thread, so the I/O threads keep theirs.
  const auto thread = static_cast<id_t>(syscall(SYS_gettid));
  setpriority(PRIO_PROCESS, thread, getpriority(PRIO_PROCESS, thread) + options_.niceness);
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

std::shared_ptr<SerialQueue> SerialQueue::make(ComputePool& pool, std::size_t capacity) {
  return std::shared_ptr<SerialQueue>(new SerialQueue(pool, capacity));
}

Result<> SerialQueue::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= capacity_) return Error{ErrorCode::kOverloaded, "the engine is behind"};
  if (!running_) {
    const auto posted = pool_.post([self = shared_from_this()] { self->drain(); });
    if (!posted) return posted.error();
    running_ = true;
  }
  queue_.push_back(std::move(work));
  return {};
}

// One piece per turn on the pool, so that a busy engine does not starve the others. A full or stopping pool
// takes no further turn: then the rest runs here, since accepted work always runs.
void SerialQueue::drain() {
  for (;;) {
    std::function<void()> work;
    {
      const std::lock_guard lock(mutex_);
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
    const std::lock_guard lock(mutex_);
    if (queue_.empty()) {
      running_ = false;
      return;
    }
    const auto posted = pool_.post([self = shared_from_this()] { self->drain(); });
    if (posted) return;
  }
}

}  // namespace parley::runtime
