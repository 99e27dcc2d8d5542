// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/speech_band.hpp"

#include <cstddef>

namespace parley::speech {

namespace {
// Butterworth high-pass of second order, 250 Hz at 16 kHz.
constexpr float kB0 = 0.932932F;
constexpr float kB1 = -1.865864F;
constexpr float kB2 = 0.932932F;
constexpr float kA1 = -1.861361F;
constexpr float kA2 = 0.870367F;
}  // namespace

SpeechBand::Filtered SpeechBand::filter(std::span<const std::int16_t, 160> frame) {
  Filtered out;
  float energy = 0;
  float low_energy = 0;
  for (std::size_t i = 0; i < out.low.size(); ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < 4; ++k) {
      const auto input = static_cast<float>(frame[i * 4 + k]);
      const float output = kB0 * input + first_;
      first_ = kB1 * input - kA1 * output + second_;
      second_ = kB2 * input - kA2 * output;
      energy += output * output;
      sum += output;
    }
    out.low[i] = sum * 0.25F;
    low_energy += out.low[i] * out.low[i];
  }
  out.energy = energy;
  out.low_energy = low_energy;
  return out;
}

}  // namespace parley::speech
