// SPDX-License-Identifier: Apache-2.0
#include "conversation/network_governor.hpp"

#include <array>
#include <cstddef>

namespace parley::conversation {

namespace {

constexpr double kBetterAt = 0.7;  // of what led to a tier

// What leads to a tier, any one of it. Half a second there and back is felt in every turn; a share of losses
// that TCP cannot hide makes sound stutter; and sound needs a little more room than its own.
struct Threshold {
  std::string_view name;
  std::chrono::milliseconds round_trip;
  double loss;
  double room;
};
constexpr std::array<Threshold, 3> kThresholds{{{"good", {}, 0, 0},
                                                {"fair", std::chrono::milliseconds(250), 0.02, 2},
                                                {"poor", std::chrono::milliseconds(600), 0.08, 1.2}}};

const Threshold& threshold(NetworkTier tier) { return kThresholds[static_cast<std::size_t>(tier)]; }

NetworkTier next(NetworkTier tier, int step) {
  return static_cast<NetworkTier>(static_cast<int>(tier) + step);
}

bool reaches(const NetworkSigns& signs, const Threshold& threshold, double share) {
  return static_cast<double>(signs.round_trip.count()) >=
             static_cast<double>(threshold.round_trip.count()) * share ||
         signs.loss >= threshold.loss * share || signs.room < threshold.room / share;
}

}  // namespace

std::string_view name(NetworkTier tier) { return threshold(tier).name; }

NetworkTier NetworkGovernor::on(const NetworkSigns& signs, runtime::TimePoint now) {
  const bool worse = tier_ != NetworkTier::kPoor && reaches(signs, threshold(next(tier_, 1)), 1);
  const bool better = tier_ != NetworkTier::kGood && !reaches(signs, threshold(tier_), kBetterAt);
  tier_ = next(tier_, hysteresis_.on(worse, better, now));
  return tier_;
}

}  // namespace parley::conversation
