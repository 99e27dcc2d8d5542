// SPDX-License-Identifier: Apache-2.0
// What is left out when the way to a client is bad, so that there is room for sound. Pure: signs of the
// network and the time go in, a tier comes out.
#pragma once

#include "conversation/hysteresis.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>

namespace parley::conversation {

enum class NetworkTier : std::uint8_t {
  kGood,
  kFair,  // interim transcripts seldom; Opus takes less; less sound is sent ahead
  kPoor,  // no interim transcripts; Opus takes little, in larger packets; little sound is sent ahead
};

std::string_view name(NetworkTier tier);

struct NetworkSigns {
  std::chrono::milliseconds round_trip{};
  double loss = 0;                                        // share of what is sent that is sent again
  double room = std::numeric_limits<double>::infinity();  // bandwidth, in multiples of what sound needs
};

// One tier down for two seconds of signs that ask for it, one up for ten seconds in which they are clearly
// better than those that led there: so a hiccup changes nothing, and it does not swing.
class NetworkGovernor {
 public:
  // To be called about once a second while something is sent. The tier from now on.
  NetworkTier on(const NetworkSigns& signs, runtime::TimePoint now);
  NetworkTier tier() const { return tier_; }

 private:
  NetworkTier tier_ = NetworkTier::kGood;
  Hysteresis hysteresis_{std::chrono::milliseconds(2000), std::chrono::milliseconds(10'000)};
};

}  // namespace parley::conversation
