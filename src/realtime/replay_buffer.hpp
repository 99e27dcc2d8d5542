// SPDX-License-Identifier: Apache-2.0
// The newest of what was sent to a client, to be sent again when it was lost on the way. Messages are
// numbered from 1.
#pragma once

#include "conversation/channel.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <variant>

namespace parley::realtime {

// What all conversations of a process may keep together. Thread-safe.
class ReplayBudget {
 public:
  explicit ReplayBudget(std::size_t bytes) : most_(bytes) {}

  bool take(std::size_t bytes) {
    if (taken_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= most_) return true;
    give_back(bytes);
    return false;
  }
  void give_back(std::size_t bytes) { taken_.fetch_sub(bytes, std::memory_order_relaxed); }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> taken_{0};
};

// Of one conversation, on one thread at a time. A `Message` tells its size() in bytes. Past `most` bytes, or
// when the budget is used up, the oldest are forgotten: who missed those starts anew.
template <class Message>
class ReplayBuffer {
 public:
  ReplayBuffer(std::size_t most, std::shared_ptr<ReplayBudget> budget)
      : most_(most), budget_(std::move(budget)) {}
  ~ReplayBuffer() { budget_->give_back(bytes_); }
  ReplayBuffer(const ReplayBuffer&) = delete;
  ReplayBuffer& operator=(const ReplayBuffer&) = delete;

  // The number of the last message; 0 before the first.
  std::uint64_t last() const { return last_; }

  void keep(Message message) {
    ++last_;
    const std::size_t size = message.size() + sizeof(Kept);
    while (!kept_.empty() && bytes_ + size > most_) forget_oldest();
    bool room = budget_->take(size);
    while (!room && !kept_.empty()) {
      forget_oldest();
      room = budget_->take(size);
    }
    if (!room) return;
    bytes_ += size;
    kept_.push_back({std::move(message), {}});
  }
  // A message that nobody will want again.
  void skip() {
    while (!kept_.empty()) forget_oldest();
    ++last_;
  }

  // Whether all that followed the message `seen` is still here.
  bool has_all_after(std::uint64_t seen) const { return seen <= last_ && last_ - seen <= kept_.size(); }
  // What followed it, in order.
  template <class Visit>
  void each_after(std::uint64_t seen, Visit visit) const {
    for (std::size_t i = kept_.size() - count_after(seen); i < kept_.size(); ++i) visit(kept_[i].message);
  }

  // Notes how much sound the last message held, or ended.
  void sounded(std::chrono::microseconds sound) {
    if (!kept_.empty()) kept_.back().sound += sound;
  }
  std::chrono::microseconds sound_after(std::uint64_t seen) const {
    std::chrono::microseconds sound{};
    for (std::size_t i = kept_.size() - count_after(seen); i < kept_.size(); ++i) sound += kept_[i].sound;
    return sound;
  }

 private:
  struct Kept {
    Message message;
    std::chrono::microseconds sound;
  };

  std::size_t count_after(std::uint64_t seen) const {
    return std::min<std::size_t>(kept_.size(), seen < last_ ? last_ - seen : 0);
  }
  void forget_oldest() {
    const std::size_t size = kept_.front().message.size() + sizeof(Kept);
    bytes_ -= size;
    budget_->give_back(size);
    kept_.pop_front();
  }

  const std::size_t most_;
  const std::shared_ptr<ReplayBudget> budget_;
  std::deque<Kept> kept_;  // their numbers end with last_, unless there was no room for that
  std::size_t bytes_ = 0;
  std::uint64_t last_ = 0;
};

// Tells how much sound an event held, once `inner` has made messages of it. `inner` outlives it.
class SoundedChannel final : public conversation::Channel {
 public:
  SoundedChannel(conversation::Channel& inner, std::function<void(std::chrono::microseconds)> sounded)
      : inner_(inner), sounded_(std::move(sounded)) {}

  void deliver(conversation::ChannelEvent event) override {
    const auto* audio = std::get_if<conversation::ResponseAudio>(&event);
    const auto sound = audio != nullptr ? audio->chunk.pcm.duration() : std::chrono::microseconds{};
    inner_.deliver(std::move(event));
    if (sound.count() > 0) sounded_(sound);
  }

 private:
  conversation::Channel& inner_;
  std::function<void(std::chrono::microseconds)> sounded_;
};

}  // namespace parley::realtime
