// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/engines.hpp"

#include "speech/asr/models/neural_recognizer.hpp"
#include "speech/asr/models/pocketsphinx.hpp"

#include <string_view>
#include <utility>

namespace parley::speech {

namespace {

using Opened = runtime::Result<std::unique_ptr<Recognizer>>;

Opened open_embedded(const AsrConfig& config, runtime::ComputePool& pool, runtime::Executor executor,
                     const std::optional<NeuralParts>& /*neural*/) {
  return open_pocketsphinx(config, pool, std::move(executor));
}

Opened open_neural(const AsrConfig& config, runtime::ComputePool& pool, runtime::Executor executor,
                   const std::optional<NeuralParts>& neural, std::shared_ptr<Recognizer> embedded) {
  auto opened = NeuralRecognizer::open(config, *neural, std::move(embedded), pool, std::move(executor));
  if (!opened) return opened.error();
  return std::unique_ptr<Recognizer>(std::move(*opened));
}

Opened open_sherpa(const AsrConfig& config, runtime::ComputePool& pool, runtime::Executor executor,
                   const std::optional<NeuralParts>& neural) {
  if (!neural) {
    return runtime::Error{runtime::ErrorCode::kModelRequired, "there is no model store here", "asr.engine"};
  }
  return open_neural(config, pool, std::move(executor), neural, nullptr);
}

// A missing embedded model is no matter as long as a neural one is there.
Opened open_auto(const AsrConfig& config, runtime::ComputePool& pool, runtime::Executor executor,
                 const std::optional<NeuralParts>& neural) {
  auto embedded = open_pocketsphinx(config, pool, executor);
  if (!neural) return embedded;
  if (!embedded) {
    auto opened = open_neural(config, pool, std::move(executor), neural, nullptr);
    if (opened) return opened;
    return embedded.error();
  }
  return open_neural(config, pool, std::move(executor), neural, std::move(*embedded));
}

struct Engine {
  std::string_view name;
  Opened (*open)(const AsrConfig&, runtime::ComputePool&, runtime::Executor,
                 const std::optional<NeuralParts>&);
};

constexpr Engine kEngines[] = {
    {"auto", open_auto},
    {"pocketsphinx", open_embedded},
    {"sherpa-onnx", open_sherpa},
};

}  // namespace

std::vector<std::string> recognizer_names() {
  std::vector<std::string> names;
  for (const Engine& engine : kEngines) names.emplace_back(engine.name);
  return names;
}

runtime::Result<std::unique_ptr<Recognizer>> open_recognizer(const AsrConfig& config,
                                                             runtime::ComputePool& pool,
                                                             runtime::Executor executor,
                                                             const std::optional<NeuralParts>& neural) {
  for (const Engine& engine : kEngines) {
    if (engine.name == config.engine) return engine.open(config, pool, std::move(executor), neural);
  }
  return runtime::Error{runtime::ErrorCode::kBadRequest,
                        "there is no recognition engine named " + config.engine, "asr.engine"};
}

}  // namespace parley::speech
