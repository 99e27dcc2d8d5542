// SPDX-License-Identifier: Apache-2.0
#include "speech/module.hpp"

#include "speech/asr/engines.hpp"
#include "speech/tts/engines.hpp"

#include <utility>

namespace parley::speech {

runtime::Result<std::shared_ptr<Synthesizer>> make_synthesizer(const TtsConfig& config,
                                                               runtime::ComputePool& pool,
                                                               std::shared_ptr<runtime::Log> log) {
  const auto valid = config.validate();
  if (!valid) return valid.error();
  for (const auto& engine : tts_engines()) {
    if (engine.name == config.engine) return engine.make(config, pool, std::move(log));
  }
  return runtime::Error{runtime::ErrorCode::kBadRequest, "there is no such speech engine", "tts.engine"};
}

runtime::Result<std::shared_ptr<Recognizer>> make_recognizer(const AsrConfig& config,
                                                             runtime::ComputePool& pool,
                                                             runtime::Executor executor) {
  auto opened = open_recognizer(config, pool, std::move(executor));
  if (!opened) return opened.error();
  return std::shared_ptr<Recognizer>(std::move(*opened));
}

}  // namespace parley::speech
