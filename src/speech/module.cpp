// SPDX-License-Identifier: Apache-2.0
#include "speech/module.hpp"

#include "speech/asr/advised_recognizer.hpp"
#include "speech/asr/engines.hpp"
#include "speech/asr/models/neural_recognizer.hpp"
#include "speech/tts/engines.hpp"
#include "speech/tts/models/sherpa_voice.hpp"
#include "speech/tts/speaker.hpp"

#include <utility>
#include <vector>

namespace parley::speech {

runtime::Result<std::shared_ptr<Synthesizer>> make_synthesizer(const TtsConfig& config,
                                                               runtime::ComputePool& pool,
                                                               std::shared_ptr<runtime::Log> log,
                                                               const std::optional<SpeechCache>& cache,
                                                               const NeuralModels& neural) {
  const auto valid = config.validate();
  if (!valid) return valid.error();
  std::vector<Speaker::NamedEngine> engines;
  for (const auto& row : tts_engines())
    engines.push_back({std::string(row.name), row.make(pool, log, neural)});
  std::unique_ptr<KeptSpeech> kept;
  if (cache && config.cache_megabytes > 0) {
    kept = std::make_unique<KeptSpeech>(cache->folder, config.cache_megabytes, pool, *cache->metrics);
  }
  return Speaker::make(config, std::move(engines), std::move(kept));
}

runtime::Result<std::shared_ptr<Recognizer>> make_recognizer(const AsrConfig& config,
                                                             runtime::ComputePool& pool,
                                                             runtime::Executor executor, ModelAdvice advice,
                                                             const std::optional<NeuralParts>& neural) {
  auto opened = open_recognizer(config, pool, std::move(executor), neural);
  if (!opened) return opened.error();
  if (advice) *opened = advised(std::move(*opened), std::move(advice));
  return std::shared_ptr<Recognizer>(std::move(*opened));
}

runtime::Result<Transcript> try_recognition_model(const NeuralModels& models, const NeuralModel& model,
                                                  std::span<const std::int16_t> speech) {
  return try_neural_model(models, model, speech);
}

runtime::Result<audio::Pcm> try_voice_model(const NeuralModels& models, const NeuralModel& model,
                                            const std::string& text) {
  return speak_with_model(models, model, text);
}

runtime::Result<double> try_punctuation_model(const NeuralModels& models, const NeuralModel& model,
                                              std::string_view sentence) {
  return try_punctuation(models, model, sentence);
}

NeuralTask task_of(const NeuralModel& model) { return neural_task(model); }

}  // namespace parley::speech
