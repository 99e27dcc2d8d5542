// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/decoder_pool.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;

void DecoderPool::add(std::unique_ptr<SphinxDecoder> decoder) {
  {
    const std::lock_guard lock(mutex_);
    ++size_;
  }
  give_back(std::move(decoder));
}

std::size_t DecoderPool::size() const {
  const std::lock_guard lock(mutex_);
  return size_;
}

bool DecoderPool::all_lent() const {
  const std::lock_guard lock(mutex_);
  return free_.empty();
}

void DecoderPool::give_back(std::unique_ptr<SphinxDecoder> decoder) {
  std::shared_ptr<Waiter> next;
  {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && waiting_.front()->gone) waiting_.pop_front();
    if (waiting_.empty()) {
      free_.push_back(std::move(decoder));
      return;
    }
    next = waiting_.front();
    waiting_.pop_front();
    next->decoder = std::move(decoder);
  }
  next->ready.notify();
}

DecoderPool::Lease DecoderPool::lend(std::unique_ptr<SphinxDecoder> decoder) {
  return {decoder.release(), [pool = shared_from_this()](SphinxDecoder* returned) {
            pool->give_back(std::unique_ptr<SphinxDecoder>(returned));
          }};
}

void DecoderPool::prefer(std::shared_ptr<const Bias> bias) {
  const std::lock_guard lock(mutex_);
  preferred_ = std::move(bias);
}

std::shared_ptr<const Bias> DecoderPool::preferred() const {
  const std::lock_guard lock(mutex_);
  return preferred_;
}

// With the lock held.
std::unique_ptr<SphinxDecoder> DecoderPool::take(Free::iterator which) {
  auto decoder = std::move(*which);
  free_.erase(which);
  return decoder;
}

DecoderPool::Lease DecoderPool::acquire_other() {
  const std::lock_guard lock(mutex_);
  const auto other = std::find_if(free_.begin(), free_.end(), [this](const auto& decoder) {
    return decoder->expected() != preferred_.get();
  });
  return other == free_.end() ? nullptr : lend(take(other));
}

runtime::Task<runtime::Result<DecoderPool::Lease>> DecoderPool::acquire(runtime::Context context,
                                                                        runtime::TimePoint until,
                                                                        std::shared_ptr<const Bias> bias) {
  const Error busy{ErrorCode::kOverloaded, "all recognisers are busy", {}, std::chrono::seconds(1)};
  const auto self = shared_from_this();
  const auto waiter = std::make_shared<Waiter>();
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      auto best = std::find_if(free_.begin(), free_.end(),
                               [&](const auto& decoder) { return decoder->expected() == bias.get(); });
      if (best == free_.end()) best = std::prev(free_.end());
      co_return lend(take(best));
    }
    if (waiting_.size() >= most_waiting_) co_return busy;
    waiting_.push_back(waiter);
  }
  const std::stop_callback on_stop(context.stop, [waiter] { waiter->ready.notify(); });
  const bool notified = co_await waiter->ready.wait(std::min(until, context.deadline));
  std::unique_ptr<SphinxDecoder> decoder;
  {
    const std::lock_guard lock(mutex_);
    waiter->gone = true;
    decoder = std::move(waiter->decoder);
    std::erase(waiting_, waiter);
  }
  if (decoder) co_return lend(std::move(decoder));
  if (notified || context.cancelled()) co_return Error{ErrorCode::kCancelled, "the request was cancelled"};
  co_return busy;
}

}  // namespace parley::speech
