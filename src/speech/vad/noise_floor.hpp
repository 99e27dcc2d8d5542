// SPDX-License-Identifier: Apache-2.0
// The level of the background, followed while people speak over it: the minimum of the smoothed frame level
// over the last two seconds (R. Martin, "Noise power spectral density estimation based on optimal smoothing
// and minimum statistics", 2001, on one band). Speech has gaps within that time, noise has none.
#pragma once

#include <array>
#include <cstddef>

namespace parley::speech {

class NoiseFloor {
 public:
  // Takes the level of the next 10 ms frame.
  void update(double dbfs);

  double dbfs() const { return floor_; }

 private:
  static constexpr std::size_t kBlocks = 10;
  static constexpr int kBlockFrames = 20;  // 200 ms
  // Assumed of a stream that has just begun, which may begin in the middle of a word.
  static constexpr double kAssumed = -50;
  // Below this a floor says nothing: digital silence, gated microphones.
  static constexpr double kLowest = -70;

  std::array<double, kBlocks> blocks_ = filled(kAssumed);
  std::size_t block_ = 0;
  int frames_ = 0;
  double smoothed_ = 0;  // power
  bool begun_ = false;
  double block_minimum_ = 0;
  double floor_ = kAssumed;

  static constexpr std::array<double, kBlocks> filled(double value) {
    std::array<double, kBlocks> blocks{};
    blocks.fill(value);
    return blocks;
  }
};

}  // namespace parley::speech
