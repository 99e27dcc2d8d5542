// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/noise_floor.hpp"

#include "speech/vad/speech_band.hpp"

#include <algorithm>

namespace parley::speech {

namespace {

// The minimum of a smoothed random level lies below its mean; measured on white and room noise.
constexpr double kBiasDb = 1.5;
constexpr double kSmoothing = 0.8;  // about 50 ms
// -50 dBFS: assumed of a stream that has just begun, which may begin in the middle of a word.
constexpr double kAssumed = 10'740;
// Below this a floor says nothing: digital silence, gated microphones.
constexpr double kLowestDbfs = -70;

}  // namespace

NoiseFloor::NoiseFloor() : lowest_before_(kAssumed), lowest_(kAssumed), floor_(to_dbfs(kAssumed)) {
  blocks_.fill(kAssumed);
}

void NoiseFloor::update(double power) {
  smoothed_ = begun_ ? kSmoothing * smoothed_ + (1 - kSmoothing) * power : power;
  block_minimum_ = frames_ == 0 ? smoothed_ : std::min(block_minimum_, smoothed_);
  if (++frames_ == kBlockFrames) {
    blocks_[block_] = block_minimum_;
    block_ = (block_ + 1) % kBlocks;
    frames_ = 0;
    lowest_before_ = *std::min_element(blocks_.begin(), blocks_.end());
  }
  const double lowest = std::min(block_minimum_, lowest_before_);
  // Most frames change nothing, and a logarithm is dear.
  if (begun_ && lowest == lowest_) return;
  begun_ = true;
  lowest_ = lowest;
  floor_ = std::max(to_dbfs(lowest) + kBiasDb, kLowestDbfs);
}

}  // namespace parley::speech
