// SPDX-License-Identifier: Apache-2.0
// Settings of hearing and speaking.
#pragma once

#include "speech/asr/config.hpp"
#include "speech/tts/config.hpp"
#include "speech/vad/config.hpp"

namespace parley::speech {

struct Config {
  VadConfig vad;
  AsrConfig asr;
  TtsConfig tts;

  void bind(runtime::ConfigSpec& spec) {
    vad.bind(spec);
    asr.bind(spec);
    tts.bind(spec);
  }

  runtime::Result<> validate() const {
    for (const auto& valid : {vad.validate(), asr.validate(), tts.validate()}) {
      if (!valid) return valid.error();
    }
    return {};
  }
};

}  // namespace parley::speech
