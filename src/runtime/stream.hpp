// SPDX-License-Identifier: Apache-2.0
// Stream<T>: a bounded sequence from a producer on any thread to one consuming coroutine. Destroying the
// stream cancels it: the producer sees that at its next push and through its stop token.
#pragma once

#include "runtime/result.hpp"
#include "runtime/signal.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace parley::runtime {

namespace detail {

template <class T>
struct StreamState {
  explicit StreamState(std::size_t size) : capacity(size) {}

  const std::size_t capacity;
  std::mutex mutex;
  std::deque<T> items;
  bool finished = false;
  std::optional<Error> failure;
  std::stop_source cancelled;
  Signal readable;
  Signal writable;
};

}  // namespace detail

// The consuming end. Move-only; one consumer.
template <class T>
class Stream {
 public:
  Stream() = default;
  explicit Stream(std::shared_ptr<detail::StreamState<T>> state) : state_(std::move(state)) {}
  Stream(Stream&&) noexcept = default;
  Stream& operator=(Stream&& other) noexcept {
    cancel();
    state_ = std::move(other.state_);
    return *this;
  }
  ~Stream() { cancel(); }

  bool valid() const { return state_ != nullptr; }

  // The next item; nothing at the end; the producer's error, after the items before it. TIMEOUT when
  // `deadline` passes first (the stream stays usable), CANCELLED when the waiting coroutine is cancelled.
  Task<Result<std::optional<T>>> next(TimePoint deadline = TimePoint::max()) {
    const auto state = state_;
    if (!state) co_return std::optional<T>();
    for (;;) {
      auto ready = take(*state);
      if (ready) co_return std::move(*ready);
      const bool notified = co_await state->readable.wait(deadline);
      if (!notified) {
        auto last = take(*state);
        if (last) co_return std::move(*last);
        const bool late = deadline != TimePoint::max() && SystemClock().now() >= deadline;
        if (late) co_return Error{ErrorCode::kTimeout, "nothing arrived in time"};
        co_return Error{ErrorCode::kCancelled, "the wait was cancelled"};
      }
    }
  }

  // What is there already, without waiting: nothing means "not yet", an engaged result is as from next().
  std::optional<Result<std::optional<T>>> poll() {
    if (!state_) return Result<std::optional<T>>(std::optional<T>());
    return take(*state_);
  }

  // Tells the producer that nobody will read on. Idempotent.
  void cancel() {
    if (!state_) return;
    state_->cancelled.request_stop();
    state_->writable.notify();
    state_->readable.notify();
    state_.reset();
  }

 private:
  static std::optional<Result<std::optional<T>>> take(detail::StreamState<T>& state) {
    std::unique_lock lock(state.mutex);
    if (!state.items.empty()) {
      std::optional<T> item(std::move(state.items.front()));
      state.items.pop_front();
      lock.unlock();
      state.writable.notify();
      return Result<std::optional<T>>(std::move(item));
    }
    if (state.failure) return Result<std::optional<T>>(*state.failure);
    if (state.finished) return Result<std::optional<T>>(std::optional<T>());
    return std::nullopt;
  }

  std::shared_ptr<detail::StreamState<T>> state_;
};

// The producing end: copyable, usable from any thread; the copies feed the same stream. The last copy gone
// without finish() or fail() ends the stream as finished.
template <class T>
class StreamWriter {
 public:
  StreamWriter() = default;
  explicit StreamWriter(std::shared_ptr<detail::StreamState<T>> state)
      : guard_(std::make_shared<Guard>(std::move(state))) {}

  bool valid() const { return guard_ != nullptr; }

  // Never waits. OVERLOADED when the stream is full, CANCELLED when nobody reads any more or it has ended.
  Result<> push(T item) const {
    auto& state = *guard_->state;
    {
      const std::lock_guard lock(state.mutex);
      if (state.cancelled.stop_requested() || state.finished || state.failure) return closed();
      if (state.items.size() >= state.capacity) {
        return Error{ErrorCode::kOverloaded, "the receiver is too slow"};
      }
      state.items.push_back(std::move(item));
    }
    state.readable.notify();
    return {};
  }

  // Waits for room. One coroutine may wait at a time.
  Task<Result<>> send(T item, TimePoint deadline = TimePoint::max()) const {
    const auto state = guard_->state;
    for (;;) {
      bool full = false;
      {
        const std::lock_guard lock(state->mutex);
        if (state->cancelled.stop_requested() || state->finished || state->failure) co_return closed();
        full = state->items.size() >= state->capacity;
        if (!full) state->items.push_back(std::move(item));  // NOLINT(bugprone-use-after-move)
      }
      if (!full) break;
      const bool room = co_await state->writable.wait(deadline);
      if (!room) co_return Error{ErrorCode::kTimeout, "the receiver is too slow"};
    }
    state->readable.notify();
    co_return Result<>();
  }

  void finish() const {
    {
      const std::lock_guard lock(guard_->state->mutex);
      guard_->state->finished = true;
    }
    guard_->state->readable.notify();
  }

  void fail(Error error) const {
    {
      const std::lock_guard lock(guard_->state->mutex);
      if (!guard_->state->finished && !guard_->state->failure) guard_->state->failure = std::move(error);
    }
    guard_->state->readable.notify();
  }

  bool cancelled() const { return guard_->state->cancelled.stop_requested(); }
  std::stop_token stop_token() const { return guard_->state->cancelled.get_token(); }

 private:
  struct Guard {
    explicit Guard(std::shared_ptr<detail::StreamState<T>> shared) : state(std::move(shared)) {}
    ~Guard() {
      {
        const std::lock_guard lock(state->mutex);
        state->finished = true;
      }
      state->readable.notify();
    }
    std::shared_ptr<detail::StreamState<T>> state;
  };

  static Error closed() { return Error{ErrorCode::kCancelled, "the stream is closed"}; }

  std::shared_ptr<Guard> guard_;
};

// A stream that holds at most `capacity` items; a full one refuses (push) or waits (send).
template <class T>
std::pair<Stream<T>, StreamWriter<T>> make_stream(std::size_t capacity) {
  auto state = std::make_shared<detail::StreamState<T>>(capacity);
  return {Stream<T>(state), StreamWriter<T>(state)};
}

}  // namespace parley::runtime
