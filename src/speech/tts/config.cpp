// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/config.hpp"

#include "text/pronunciations.hpp"

namespace parley::speech {

void TtsConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind(
      "tts.engine", engine,
      "speech synthesis engine: auto (a neural voice when one is here, else flite), flite, espeak or neural");
  spec.bind("tts.voice", voice,
            "voice used when a request names none: slt, rms, awb, espeak:LANGUAGE or neural:MODEL; empty: "
            "the engine's own");
  spec.bind("tts.speed", speed, "speed of speech, 0.5 to 2.0");
  spec.bind("tts.loudness_lufs", loudness_lufs, "loudness that every voice is brought to, -40 to -10");
  spec.bind("tts.cache_megabytes", cache_megabytes,
            "spoken sentences kept in the data directory; 0 keeps nothing");
  spec.bind("tts.pronunciations", pronunciations,
            "words spoken otherwise than voices read them, each WRITTEN=SPOKEN: nginx=engine x");
}

runtime::Result<> TtsConfig::validate() const {
  if (!(speed >= 0.5 && speed <= 2.0)) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, "the speed of speech must lie between 0.5 and 2.0",
                          "tts.speed"};
  }
  if (!(loudness_lufs >= -40 && loudness_lufs <= -10)) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, "the loudness must lie between -40 and -10 LUFS",
                          "tts.loudness_lufs"};
  }
  if (cache_megabytes < 0 || cache_megabytes > 100'000) {
    return runtime::Error{runtime::ErrorCode::kBadRequest, "expected 0 to 100000", "tts.cache_megabytes"};
  }
  const auto parsed = text::Pronunciations::parse(pronunciations);
  if (!parsed) return runtime::Error{parsed.error().code, parsed.error().message, "tts.pronunciations"};
  return {};
}

}  // namespace parley::speech
