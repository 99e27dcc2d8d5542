// SPDX-License-Identifier: Apache-2.0
#include "runtime/compute_pool.hpp"

#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace parley::runtime {

ComputePool::ComputePool(Options options) : options_(std::move(options)), queue_(options_.capacity) {
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

Result<> ComputePool::post(std::function<void()> work, const std::string& flow) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Error{ErrorCode::kServiceUnavailable, "the server is stopping"};
    if (!queue_.push(flow, std::move(work))) {
      return Error{ErrorCode::kOverloaded, "the server is busy", {}, std::chrono::seconds(1)};
    }
  }
  wake_.notify_one();
  return {};
}

// Also of a pool that stops: the thread that calls it comes back for it.
void ComputePool::go_on(std::function<void()> rest, const std::string& flow) {
  {
    const std::lock_guard lock(mutex_);
    queue_.put(flow, std::move(rest));
  }
  wake_.notify_one();
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
      work = queue_.pop();
    }
    work();
  }
}

std::shared_ptr<SerialQueue> SerialQueue::make(ComputePool& pool, std::size_t capacity) {
  return std::shared_ptr<SerialQueue>(new SerialQueue(pool, capacity));
}

Result<> SerialQueue::post(std::function<void()> work, const std::string& flow) {
  const std::lock_guard lock(mutex_);
  if (!queue_.push(flow, std::move(work))) return Error{ErrorCode::kOverloaded, "the engine is behind"};
  if (running_) return {};
  const auto posted = pool_.post([self = shared_from_this()] { self->drain(); }, flow);
  if (!posted) {
    queue_.pop();
    return posted.error();
  }
  running_ = true;
  return {};
}

void SerialQueue::go_on(std::function<void()> rest, const std::string& flow) {
  const std::lock_guard lock(mutex_);
  queue_.put(flow, std::move(rest));
}

// One piece per turn on the pool, so that a busy engine does not starve the others.
void SerialQueue::drain() {
  std::function<void()> work;
  {
    const std::lock_guard lock(mutex_);
    work = queue_.pop();
  }
  work();
  const std::lock_guard lock(mutex_);
  running_ = !queue_.empty();
  if (running_) pool_.go_on([self = shared_from_this()] { self->drain(); }, queue_.next_flow());
}

}  // namespace parley::runtime
