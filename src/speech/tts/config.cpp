// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/config.hpp"

namespace parley::speech {

void TtsConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind("tts.engine", engine, "speech synthesis engine: flite");
  spec.bind("tts.voice", voice, "voice used when a request names none: slt, rms or awb");
  spec.bind("tts.speed", speed, "speed of speech, 0.5 to 2.0");
}

runtime::Result<> TtsConfig::validate() const {
  if (!(speed >= 0.5 && speed <= 2.0)) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, "the speed of speech must lie between 0.5 and 2.0",
                          "tts.speed"};
  }
  return {};
}

}  // namespace parley::speech
