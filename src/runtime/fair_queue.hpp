// SPDX-License-Identifier: Apache-2.0
// A bounded queue that is fair to those who share it: fair queueing (Nagle, RFC 970) with dynamic thresholds
// (Choudhury and Hahne, 1998).
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <unordered_map>
#include <utility>

namespace parley::runtime {

// Flows take turns and give one item each, in its own order. A flow may hold a part of what is left: alone,
// one in 33 places, and less the more others fill, so that room stays for who has nothing here. The empty
// flow is the program itself, which only the capacity bounds. Not thread-safe.
template <class T>
class FairQueue {
 public:
  explicit FairQueue(std::size_t capacity) : capacity_(capacity) {}

  // False when it is full for this flow.
  bool push(const std::string& flow, T item) {
    if (size_ >= capacity_) return false;
    const auto found = flows_.find(flow);
    const std::size_t held = found == flows_.end() ? 0 : found->second.size();
    if (!flow.empty() && held * kShares >= capacity_ - size_) return false;
    put(flow, std::move(item));
    return true;
  }

  // Takes it even when it is full: for what has had a place before.
  void put(const std::string& flow, T item) {
    auto& items = flows_[flow];
    if (items.empty()) turns_.push_back(flow);
    items.push_back(std::move(item));
    ++size_;
  }

  // Not of an empty queue, nor is next_flow().
  T pop() {
    const auto found = flows_.find(turns_.front());
    T item = std::move(found->second.front());
    found->second.pop_front();
    --size_;
    if (found->second.empty()) {
      flows_.erase(found);
    } else {
      turns_.push_back(std::move(turns_.front()));
    }
    turns_.pop_front();
    return item;
  }

  const std::string& next_flow() const { return turns_.front(); }
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

 private:
  // Eight places of 256: a conversation searches, hears and speaks one piece at a time, or two.
  static constexpr std::size_t kShares = 32;

  const std::size_t capacity_;
  std::size_t size_ = 0;
  std::unordered_map<std::string, std::deque<T>> flows_;  // those that hold something
  std::deque<std::string> turns_;                         // the same, whose turn is next first
};

}  // namespace parley::runtime
