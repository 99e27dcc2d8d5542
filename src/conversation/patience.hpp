// SPDX-License-Identifier: Apache-2.0
// What silence and the length of a session lead to: a part of the turn engine, as pure as the rest of it.
#pragma once

#include "conversation/state.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

namespace parley::conversation {

// Times are those of the session's clock, in samples at 16 kHz since it began; audio need not flow for them
// to pass. 0 stands for never.
struct PatienceConfig {
  SampleIndex ask_after = 0;    // silence behind an answer, then it is asked once whether somebody is there
  SampleIndex end_after = 0;    // silence, then the session ends
  SampleIndex longest = 0;      // that a session may last
  SampleIndex warn_before = 0;  // that, its end is announced,
  bool warn_aloud = false;      // and spoken of, if nobody speaks then
  SampleIndex grace = 60'000 * kSamplesPerMs;  // in which a turn under way at the end is finished
};

enum class PatienceStep : std::uint8_t { kNothing, kAsk, kWarn, kEndOfSilence, kEndOfTime };

class Patience {
 public:
  static constexpr SampleIndex kNever = std::numeric_limits<SampleIndex>::max();

  void advance(SampleIndex now) { now_ = std::max(now_, now); }

  // The user said words or asked for something.
  void user_acted();
  // Something was said to the user, to its end: from then on they may be asked whether they are there.
  void answered();

  // What is to be done now, if anything; `quiet`: neither side speaks. To be asked after every event.
  PatienceStep step(const PatienceConfig& config, bool quiet);
  // The first time at which step() may have something to do, if nothing happens until then.
  SampleIndex due(const PatienceConfig& config, bool quiet) const;

  SampleIndex now() const { return now_; }
  // How long the user has been silent.
  SampleIndex silence() const { return quiet_since_ ? now_ - *quiet_since_ : 0; }

 private:
  SampleIndex now_ = 0;
  std::optional<SampleIndex> quiet_since_ = 0;
  bool answered_ = false;
  bool asked_ = false;
  bool warned_ = false;
  bool ended_ = false;
};

}  // namespace parley::conversation
