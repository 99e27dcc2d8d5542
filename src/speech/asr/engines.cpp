// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/engines.hpp"

#include "speech/asr/models/pocketsphinx.hpp"

#include <string_view>
#include <utility>

namespace parley::speech {

namespace {

using Open = runtime::Result<std::unique_ptr<Recognizer>> (*)(const AsrConfig&, runtime::ComputePool&,
                                                              runtime::Executor);

struct Engine {
  std::string_view name;
  Open open;
};

constexpr Engine kEngines[] = {
    {"pocketsphinx", open_pocketsphinx},
};

}  // namespace

std::vector<std::string> recognizer_names() {
  std::vector<std::string> names;
  for (const Engine& engine : kEngines) names.emplace_back(engine.name);
  return names;
}

runtime::Result<std::unique_ptr<Recognizer>> open_recognizer(const AsrConfig& config,
                                                             runtime::ComputePool& pool,
                                                             runtime::Executor executor) {
  for (const Engine& engine : kEngines) {
    if (engine.name == config.engine) return engine.open(config, pool, std::move(executor));
  }
  return runtime::Error{runtime::ErrorCode::kBadRequest,
                        "there is no recognition engine named " + config.engine, "asr.engine"};
}

}  // namespace parley::speech
