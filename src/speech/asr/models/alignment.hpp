// SPDX-License-Identifier: Apache-2.0
// Which sound each frame of an utterance is, when the words are known: the likeliest path through the states
// of their phones, with silence where there is some.
#pragma once

#include "speech/asr/models/acoustic_model.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace parley::speech {

struct AlignedFrame {
  std::size_t word = 0;  // meaningless in silence
  std::size_t phone = 0;
  std::size_t state = 0;
};

// `words` are the phones of each word. Nothing when there are none, more frames or phones than half a minute
// has, or fewer frames than states. Takes 10 to 20 ms for a second of audio.
std::optional<std::vector<AlignedFrame>> align(const AcousticModel& model, std::span<const Feature> frames,
                                               std::span<const std::vector<std::size_t>> words);

}  // namespace parley::speech
