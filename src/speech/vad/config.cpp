// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/config.hpp"

namespace parley::speech {

void VadConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind("vad.engine", engine,
            "what decides about voice activity: embedded, silero (needs its model), or auto, which is silero "
            "when its model is there");
  spec.bind("vad.probability", probability,
            "silero: probability of speech from which a window of 32 ms holds some");
  spec.bind("vad.mode", mode, "embedded: strictness of the detector, 0 (lets most through) to 3");
  spec.bind("vad.above_noise_db", above_noise_db,
            "embedded: decibels above the noise floor at which a frame can be speech");
  spec.bind("vad.onset", onset, "milliseconds of speech that start an utterance");
  spec.bind("vad.hangover", hangover, "milliseconds without speech after which speech has stopped");
}

runtime::Result<> VadConfig::validate() const {
  using runtime::Error;
  using runtime::ErrorCode;
  if (engine != "auto" && engine != "embedded" && engine != "silero") {
    return Error{ErrorCode::kBadRequest, "the engine is auto, embedded or silero", "vad.engine"};
  }
  if (!(probability >= 0.2 && probability <= 0.95)) {
    return Error{ErrorCode::kBadRequest, "the probability is 0.2 to 0.95", "vad.probability"};
  }
  if (mode < 0 || mode > 3) return Error{ErrorCode::kBadRequest, "the mode is 0, 1, 2 or 3", "vad.mode"};
  if (!(above_noise_db >= 3 && above_noise_db <= 30)) {
    return Error{ErrorCode::kBadRequest, "speech begins 3 to 30 dB above the noise", "vad.above_noise_db"};
  }
  if (onset.count() < 20 || onset.count() > 500) {
    return Error{ErrorCode::kBadRequest, "the onset lasts 20 to 500 ms", "vad.onset"};
  }
  if (hangover.count() < 20 || hangover.count() > 2000) {
    return Error{ErrorCode::kBadRequest, "the hangover lasts 20 to 2000 ms", "vad.hangover"};
  }
  return {};
}

}  // namespace parley::speech
