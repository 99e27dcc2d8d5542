// SPDX-License-Identifier: Apache-2.0
// How loud a block is, and the mix of its channels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace parley::audio {

inline constexpr double kSilenceDbfs = -120.0;  // what digital silence is said to have

// Root mean square relative to a full-scale square wave: 0 at most (a full-scale sine has -3.01),
// kSilenceDbfs for silence or an empty block.
double rms_dbfs(std::span<const std::int16_t> samples);

// The greatest magnitude, in the same scale.
double peak_dbfs(std::span<const std::int16_t> samples);

// The average of the channels of each whole frame; a copy when there is one channel.
std::vector<std::int16_t> mix_to_mono(std::span<const std::int16_t> interleaved, int channels);

}  // namespace parley::audio
