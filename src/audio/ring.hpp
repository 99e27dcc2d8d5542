// SPDX-License-Identifier: Apache-2.0
// The last samples of an endless stream, each with its index since the first one ever pushed.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace parley::audio {

// Overflow policy: the oldest samples make room, and dropped() counts them. Not thread-safe: it belongs to
// one strand. Memory is taken at construction and by resize().
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
    const std::size_t first = slot(end - static_cast<std::int64_t>(kept.size()));
    const std::size_t whole = std::min(kept.size(), samples_.size() - first);
    std::copy_n(kept.begin(), whole, samples_.begin() + static_cast<std::ptrdiff_t>(first));
    std::copy(kept.begin() + static_cast<std::ptrdiff_t>(whole), kept.end(), samples_.begin());
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
    const std::size_t first = slot(index);
    const std::size_t whole = std::min(count, samples_.size() - first);
    const auto from = samples_.begin();
    std::copy_n(from + static_cast<std::ptrdiff_t>(first), whole, into.begin());
    std::copy_n(from, count - whole, into.begin() + static_cast<std::ptrdiff_t>(whole));
    return count;
  }

  // The newest samples stay, as many as fit.
  void resize(std::size_t capacity) {
    SampleRing resized(capacity);
    std::vector<std::int16_t> kept(std::min(size(), resized.capacity()));
    const std::int64_t from = end_ - static_cast<std::int64_t>(kept.size());
    copy(from, kept);
    resized.begin_ = resized.end_ = from;
    resized.push(kept);
    resized.dropped_ = dropped_ + static_cast<std::uint64_t>(from - begin_);
    *this = std::move(resized);
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
