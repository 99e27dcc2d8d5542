// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/voicing.hpp"

#include <algorithm>
#include <cmath>

namespace parley::speech {

void Voicing::push(std::span<const float, kFrame> frame) {
  std::copy(history_.begin() + kFrame, history_.end(), history_.begin());
  std::copy(frame.begin(), frame.end(), history_.end() - kFrame);
}

double Voicing::periodicity() const {
  const float* now = history_.data() + history_.size() - kWindow;
  float energy = 0;
  for (std::size_t i = 0; i < kWindow; ++i) energy += now[i] * now[i];
  if (energy < 1.0F) return 0;
  float best = 0;
  for (std::size_t lag = kShortest; lag <= kLongest; ++lag) {
    const float* then = now - lag;
    float product = 0;
    float earlier = 0;
    for (std::size_t i = 0; i < kWindow; ++i) {
      product += now[i] * then[i];
      earlier += then[i] * then[i];
    }
    if (earlier < 1.0F) continue;
    best = std::max(best, product / std::sqrt(energy * earlier));
  }
  return best;
}

}  // namespace parley::speech
