// SPDX-License-Identifier: Apache-2.0
// The level of the background, followed while people speak over it: the minimum of the smoothed frame power
// over the last two seconds (R. Martin, "Noise power spectral density estimation based on optimal smoothing
// and minimum statistics", 2001, on one band). Speech has gaps within that time, noise has none.
#pragma once

#include <array>
#include <cstddef>

namespace parley::speech {

class NoiseFloor {
 public:
  NoiseFloor();

  // Takes the power of the next 10 ms frame, as SpeechBand gives it.
  void update(double power);

  double dbfs() const { return floor_; }

 private:
  static constexpr std::size_t kBlocks = 10;
  static constexpr int kBlockFrames = 20;  // 200 ms

  std::array<double, kBlocks> blocks_{};  // the minimum of each
  std::size_t block_ = 0;
  int frames_ = 0;
  bool begun_ = false;
  double smoothed_ = 0;
  double block_minimum_ = 0;
  double lowest_before_ = 0;  // of all blocks
  double lowest_ = 0;
  double floor_ = 0;
};

}  // namespace parley::speech
