// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runtime/config.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace parley::speech {

struct VadConfig {
  std::string engine = "auto";              // auto, embedded or silero
  double probability = 0.5;                 // silero: of speech, from which a window holds some
  std::int64_t mode = 2;                    // of the WebRTC detector: 0 (lets most through) to 3 (strictest)
  double above_noise_db = 9;                // a speech frame is at least this far above the noise floor
  std::chrono::milliseconds onset{60};      // speech that starts an utterance
  std::chrono::milliseconds hangover{100};  // non-speech after which the speech has stopped

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;
};

}  // namespace parley::speech
