// SPDX-License-Identifier: Apache-2.0
// A clock that moves only when told.
#pragma once

#include "runtime/clock.hpp"

namespace parley::runtime::testing {

class FakeClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  WallTime wall_now() const override { return wall_; }
  void advance(std::chrono::nanoseconds by) {
    now_ += std::chrono::duration_cast<TimePoint::duration>(by);
    wall_ += std::chrono::duration_cast<WallTime::duration>(by);
  }

 private:
  TimePoint now_{};
  WallTime wall_{};
};

}  // namespace parley::runtime::testing
