// SPDX-License-Identifier: Apache-2.0
// How often one principal may ask in a minute.
#pragma once

#include "runtime/clock.hpp"
#include "runtime/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace parley::realtime {

// Thread-safe. Remembers so many principals; past them, the minutes of all begin anew.
class RequestLimit {
 public:
  // `per_minute` 0: no limit.
  RequestLimit(std::int64_t per_minute, std::shared_ptr<const runtime::Clock> clock)
      : per_minute_(per_minute), clock_(std::move(clock)) {}

  // RATE_LIMIT_EXCEEDED, with the time until the minute is over.
  runtime::Result<> count(const std::string& principal) {
    if (per_minute_ == 0) return {};
    const auto now = clock_->now();
    const std::lock_guard lock(mutex_);
    if (minutes_.size() >= kPrincipals && !minutes_.contains(principal)) minutes_.clear();
    Minute& minute = minutes_[principal];
    if (minute.requests == 0 || now - minute.began >= kMinute) minute = {now, 0};
    if (minute.requests < per_minute_) {
      ++minute.requests;
      return {};
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(minute.began + kMinute - now);
    return runtime::Error{runtime::ErrorCode::kRateLimitExceeded, "too many requests in one minute", "",
                          left};
  }

 private:
  static constexpr std::chrono::minutes kMinute{1};
  static constexpr std::size_t kPrincipals = 10'000;

  struct Minute {
    runtime::TimePoint began{};
    std::int64_t requests = 0;
  };

  const std::int64_t per_minute_;
  const std::shared_ptr<const runtime::Clock> clock_;
  std::mutex mutex_;
  std::map<std::string, Minute> minutes_;
};

}  // namespace parley::realtime
