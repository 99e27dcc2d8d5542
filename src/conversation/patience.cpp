// SPDX-License-Identifier: Apache-2.0
#include "conversation/patience.hpp"

namespace parley::conversation {

using enum PatienceStep;

void Patience::user_acted() {
  quiet_since_.reset();
  asked_ = false;
}

void Patience::answered() {
  user_acted();
  answered_ = true;
}

PatienceStep Patience::step(const PatienceConfig& config, bool quiet) {
  if (ended_) return kNothing;
  const bool over = config.longest > 0 && now_ >= config.longest;
  if (over && (quiet || now_ >= config.longest + config.grace)) {
    ended_ = true;
    return kEndOfTime;
  }
  if (config.longest > 0 && !warned_ && now_ >= config.longest - config.warn_before) {
    warned_ = true;
    return kWarn;
  }
  if (!quiet) return kNothing;
  if (!quiet_since_) quiet_since_ = now_;
  if (config.end_after > 0 && silence() >= config.end_after) {
    ended_ = true;
    return kEndOfSilence;
  }
  if (config.ask_after > 0 && answered_ && !asked_ && silence() >= config.ask_after) {
    asked_ = true;
    return kAsk;
  }
  return kNothing;
}

SampleIndex Patience::due(const PatienceConfig& config, bool quiet) const {
  if (ended_) return kNever;
  SampleIndex due = kNever;
  if (config.longest > 0) {
    const bool over = now_ >= config.longest;
    due = over ? config.longest + config.grace : config.longest;
    if (!warned_) due = config.longest - config.warn_before;
  }
  // Silence cannot begin before now.
  const SampleIndex since = quiet ? quiet_since_.value_or(now_) : now_;
  if (config.end_after > 0) due = std::min(due, since + config.end_after);
  const bool may_ask = config.ask_after > 0 && (!quiet || (answered_ && !asked_));
  if (may_ask) due = std::min(due, since + config.ask_after);
  return due;
}

}  // namespace parley::conversation
