// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/engines.hpp"

#include "speech/tts/models/flite.hpp"
#include "speech/tts/models/sherpa_voice.hpp"
#ifdef PARLEY_ESPEAK
#include "speech/tts/models/espeak.hpp"
#endif

#include <array>
#include <utility>

namespace parley::speech {

namespace {

// Engines that use no models.
template <std::unique_ptr<TtsEngine> (*make)(runtime::ComputePool&, std::shared_ptr<runtime::Log>)>
std::unique_ptr<TtsEngine> embedded(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log,
                                    const NeuralModels& /*models*/) {
  return make(pool, std::move(log));
}

}  // namespace

std::span<const TtsEngineRow> tts_engines() {
  static constexpr std::array kEngines{
      TtsEngineRow{"flite", embedded<make_flite>},
#ifdef PARLEY_ESPEAK
      TtsEngineRow{"espeak", embedded<make_espeak>},
#endif
      TtsEngineRow{"neural", make_sherpa_voices},
  };
  return kEngines;
}

}  // namespace parley::speech
