// SPDX-License-Identifier: Apache-2.0
// How fast something may come over a while: a bucket that fills at a rate up to what may come at once.
#pragma once

#include "runtime/clock.hpp"

#include <algorithm>
#include <chrono>

namespace parley::runtime {

class Pace {
 public:
  // `per_second` 0: as fast as it likes.
  Pace(double per_second, double at_once) : per_second_(per_second), at_once_(at_once), left_(at_once) {}

  // So much has come; gives when more may come, which is not in the future as long as the bucket lasts.
  TimePoint take(double amount, TimePoint now) {
    if (per_second_ <= 0) return now;
    left_ = std::min(at_once_, left_ + per_second_ * std::chrono::duration<double>(now - filled_).count());
    filled_ = now;
    left_ -= amount;
    const std::chrono::duration<double> debt(std::max(0.0, -left_) / per_second_);
    return now + std::chrono::ceil<TimePoint::duration>(debt);
  }

 private:
  double per_second_;
  double at_once_;
  double left_;
  TimePoint filled_{};
};

}  // namespace parley::runtime
