// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/engines.hpp"

#include "speech/tts/models/flite.hpp"

#include <array>

namespace parley::speech {

std::span<const TtsEngine> tts_engines() {
  static constexpr std::array kEngines{
      TtsEngine{"flite", make_flite},
  };
  return kEngines;
}

}  // namespace parley::speech
