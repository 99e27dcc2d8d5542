// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/engines.hpp"

#include "speech/tts/models/flite.hpp"
#ifdef PARLEY_ESPEAK
#include "speech/tts/models/espeak.hpp"
#endif

#include <array>

namespace parley::speech {

std::span<const TtsEngineRow> tts_engines() {
  static constexpr std::array kEngines{
      TtsEngineRow{"flite", make_flite},
#ifdef PARLEY_ESPEAK
      TtsEngineRow{"espeak", make_espeak},
#endif
  };
  return kEngines;
}

}  // namespace parley::speech
