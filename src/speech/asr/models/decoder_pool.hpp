// SPDX-License-Identifier: Apache-2.0
// Decoders, opened once and lent to one utterance at a time.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/context.hpp"
#include "runtime/signal.hpp"
#include "runtime/task.hpp"
#include "speech/asr/models/sphinx_decoder.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace parley::speech {

// Thread-safe. Keep it by shared_ptr: leases keep it alive.
class DecoderPool : public std::enable_shared_from_this<DecoderPool> {
 public:
  // Gives its decoder back when the last copy goes.
  using Lease = std::shared_ptr<SphinxDecoder>;

  // `most_waiting` bounds the queue: one more is refused with OVERLOADED.
  explicit DecoderPool(std::size_t most_waiting) : most_waiting_(most_waiting) {}

  void add(std::unique_ptr<SphinxDecoder> decoder);
  std::size_t size() const;
  // Whoever comes next waits.
  bool all_lent() const;

  // First come, first served; of several free ones, one that already expects `bias`. OVERLOADED when none is
  // free by `until`, CANCELLED once the context is.
  runtime::Task<runtime::Result<Lease>> acquire(runtime::Context context, runtime::TimePoint until,
                                                std::shared_ptr<const Bias> bias);

  // What decoders that are added later should expect from the start.
  void prefer(std::shared_ptr<const Bias> bias);
  std::shared_ptr<const Bias> preferred() const;
  // A free one that does not expect what is preferred, if there is one.
  Lease acquire_other();

 private:
  struct Waiter {
    runtime::Signal ready;
    std::unique_ptr<SphinxDecoder> decoder;
    bool gone = false;
  };

  void give_back(std::unique_ptr<SphinxDecoder> decoder);
  Lease lend(std::unique_ptr<SphinxDecoder> decoder);
  using Free = std::vector<std::unique_ptr<SphinxDecoder>>;
  std::unique_ptr<SphinxDecoder> take(Free::iterator which);

  const std::size_t most_waiting_;
  mutable std::mutex mutex_;
  Free free_;
  std::deque<std::shared_ptr<Waiter>> waiting_;
  std::shared_ptr<const Bias> preferred_;
  std::size_t size_ = 0;
};

}  // namespace parley::speech
