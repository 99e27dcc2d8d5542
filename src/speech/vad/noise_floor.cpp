// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/noise_floor.hpp"

#include <algorithm>
#include <cmath>

namespace parley::speech {

namespace {
// The minimum of a smoothed random level lies below its mean; measured on white and room noise.
constexpr double kBiasDb = 1.5;
constexpr double kSmoothing = 0.8;  // about 50 ms
}  // namespace

void NoiseFloor::update(double dbfs) {
  const double power = std::pow(10.0, dbfs / 10);
  smoothed_ = begun_ ? kSmoothing * smoothed_ + (1 - kSmoothing) * power : power;
  const double level = 10 * std::log10(smoothed_);
  block_minimum_ = frames_ == 0 ? level : std::min(block_minimum_, level);
  begun_ = true;
  if (++frames_ == kBlockFrames) {
    blocks_[block_] = block_minimum_;
    block_ = (block_ + 1) % kBlocks;
    frames_ = 0;
  }
  const double lowest = std::min(block_minimum_, *std::min_element(blocks_.begin(), blocks_.end()));
  floor_ = std::max(lowest + kBiasDb, kLowest);
}

}  // namespace parley::speech
