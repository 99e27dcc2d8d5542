// SPDX-License-Identifier: Apache-2.0
// The part of a frame that speech lives in: above 250 Hz (hum, steps, machines and wind lie below), and of
// that a version at 4 kHz, up to 2 kHz.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace parley::speech {

class SpeechBand {
 public:
  // Powers are mean squares of samples, and a trifle, so that silence has a level.
  struct Filtered {
    double power = 0;             // of the 160 samples above 250 Hz
    double low_power = 0;         // of `low`
    std::array<float, 40> low{};  // 250 Hz to 2 kHz at 4 kHz
  };

  Filtered filter(std::span<const std::int16_t, 160> frame);

 private:
  float first_ = 0;  // state of the high-pass, transposed direct form II
  float second_ = 0;
};

// The level of such a power, in dB of full scale.
double to_dbfs(double power);

}  // namespace parley::speech
