// SPDX-License-Identifier: Apache-2.0
#include "conversation/load_governor.hpp"

#include <array>
#include <cstddef>
#include <limits>

namespace parley::conversation {

namespace {

constexpr double kFallsAt = 0.5;  // of what led to a stage
constexpr double kNever = std::numeric_limits<double>::infinity();

// What leads to a stage, any one of it. Busy processors alone are no harm: a file that is transcribed in the
// background takes what nobody else wants.
struct Threshold {
  std::string_view name;
  double lag_ms;
  double waiting;
  double processor;
};
constexpr std::array<Threshold, 5> kThresholds{{{"normal", 0, 0, 0},
                                                {"no_speculation", 10, 4, 0.97},
                                                {"no_interim", 20, 8, kNever},
                                                {"long_hop", 40, 16, kNever},
                                                {"refusing", 80, 32, kNever}}};

const Threshold& threshold(LoadStage stage) { return kThresholds[static_cast<std::size_t>(stage)]; }

LoadStage next(LoadStage stage, int step) { return static_cast<LoadStage>(static_cast<int>(stage) + step); }

bool reaches(const LoadSigns& signs, const Threshold& threshold, double share) {
  return signs.lag.count() >= threshold.lag_ms * share || signs.waiting >= threshold.waiting * share ||
         signs.processor >= threshold.processor * share;
}

}  // namespace

std::string_view name(LoadStage stage) { return threshold(stage).name; }

LoadStage LoadGovernor::on(const LoadSigns& signs, runtime::TimePoint now) {
  const bool worse = stage_ != LoadStage::kRefusing && reaches(signs, threshold(next(stage_, 1)), 1);
  const bool better = stage_ != LoadStage::kNormal && !reaches(signs, threshold(stage_), kFallsAt);
  stage_ = next(stage_, hysteresis_.on(worse, better, now));
  return stage_;
}

}  // namespace parley::conversation
