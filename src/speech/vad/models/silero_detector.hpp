// SPDX-License-Identifier: Apache-2.0
// Onset and end of speech by Silero VAD. The network says whether a window of 32 ms holds speech; the level
// of the 10 ms frames in it says where exactly the speech begins and ends, so that events carry the same
// times as those of the embedded detector.
#pragma once

#include "speech/vad/engine.hpp"
#include "speech/vad/models/silero.hpp"

#include <memory>

namespace parley::speech {

std::unique_ptr<VadEngine> make_silero_detector(const VadConfig& config,
                                                std::shared_ptr<const Silero> network);

}  // namespace parley::speech
