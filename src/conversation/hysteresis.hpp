// SPDX-License-Identifier: Apache-2.0
// One stage up when the signs have asked for it for a while, one down when they have for another: so a hiccup
// changes nothing.
#pragma once

#include "runtime/clock.hpp"

#include <chrono>
#include <optional>

namespace parley::conversation {

class Hysteresis {
 public:
  Hysteresis(std::chrono::milliseconds up_after, std::chrono::milliseconds down_after)
      : up_after_(up_after), down_after_(down_after) {}

  // What the signs ask for at `now`; up goes before down. Gives 1, -1 or 0, the stages to go.
  int on(bool up, bool down, runtime::TimePoint now) {
    const bool rises = lasts(up_since_, up, up_after_, now);
    const bool falls = lasts(down_since_, down && !up, down_after_, now);
    return rises ? 1 : falls ? -1 : 0;
  }

 private:
  static bool lasts(std::optional<runtime::TimePoint>& since, bool asked, std::chrono::milliseconds time,
                    runtime::TimePoint now) {
    if (!asked) {
      since.reset();
      return false;
    }
    if (!since) since = now;
    if (now - *since < time) return false;
    since = now;
    return true;
  }

  std::chrono::milliseconds up_after_;
  std::chrono::milliseconds down_after_;
  std::optional<runtime::TimePoint> up_since_;
  std::optional<runtime::TimePoint> down_since_;
};

}  // namespace parley::conversation
