// SPDX-License-Identifier: Apache-2.0
// The last samples of an endless stream, each with its index since the first one ever pushed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace parley::audio {

// Overflow policy: the oldest samples make room, and dropped() counts them. Not thread-safe: it belongs to
// one strand. Memory is taken once, at construction.
class SampleRing {
 public:
  // `capacity` is at least 1.
  explicit SampleRing(std::size_t capacity) : samples_(std::max<std::size_t>(capacity, 1)) {}

  void push(std::span<const std::int16_t> samples) {
    const auto count = static_cast<std::int64_t>(samples.size());
    const auto room = static_cast<std::int64_t>(samples_.size());
    const std::int64_t end = end_ + count;
    // Of a block longer than the ring only the tail can stay.
    const auto kept = samples.last(static_cast<std::size_t>(std::min(count, room)));
    std::int64_t index = end - static_cast<std::int64_t>(kept.size());
    for (const std::int16_t sample : kept) samples_[slot(index++)] = sample;
    end_ = end;
    const std::int64_t oldest = end - room;
    if (oldest > begin_) {
      dropped_ += static_cast<std::uint64_t>(oldest - begin_);
      begin_ = oldest;
    }
  }

  // Moves out the oldest samples, as many as there are and fit; returns how many.
  std::size_t pop(std::span<std::int16_t> into) {
    const std::size_t count = copy(begin_, into);
    begin_ += static_cast<std::int64_t>(count);
    return count;
  }

  // Copies from sample `index` on without taking out, as many as there are and fit. Nothing when `index` is
  // no longer or not yet held.
  std::size_t copy(std::int64_t index, std::span<std::int16_t> into) const {
    if (index < begin_ || index >= end_) return 0;
    const auto count = std::min(into.size(), static_cast<std::size_t>(end_ - index));
    for (std::size_t i = 0; i < count; ++i) into[i] = samples_[slot(index + static_cast<std::int64_t>(i))];
    return count;
  }

  std::int64_t begin() const { return begin_; }  // index of the oldest sample held
  std::int64_t end() const { return end_; }      // index of the next sample to come
  std::size_t size() const { return static_cast<std::size_t>(end_ - begin_); }
  std::size_t capacity() const { return samples_.size(); }
  std::uint64_t dropped() const { return dropped_; }  // lost unread, ever

 private:
  std::size_t slot(std::int64_t index) const { return static_cast<std::size_t>(index) % samples_.size(); }

  std::vector<std::int16_t> samples_;
  std::int64_t begin_ = 0;
  std::int64_t end_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace parley::audio
