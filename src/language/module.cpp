// SPDX-License-Identifier: Apache-2.0
#include "language/module.hpp"

#include "language/models/extractive.hpp"
#include "language/providers/openai_compatible.hpp"

#include <array>

namespace parley::language {
namespace {

struct Engine {
  std::string_view key;
  std::shared_ptr<ChatModel> (*make)(const Config& config, const Deps& deps);
};

constexpr auto kEngines = std::to_array<Engine>({
    {"extractive",
     [](const Config&, const Deps& deps) -> std::shared_ptr<ChatModel> {
       return make_extractive(deps.pool);
     }},
    {"openai-compatible",
     [](const Config& config, const Deps& deps) -> std::shared_ptr<ChatModel> {
       return make_openai_compatible(config.openai, deps);
     }},
});

}  // namespace

std::vector<std::string_view> chat_engines() {
  std::vector<std::string_view> keys;
  for (const Engine& engine : kEngines) keys.push_back(engine.key);
  return keys;
}

runtime::Result<std::shared_ptr<ChatModel>> make_chat_model(const Config& config, const Deps& deps) {
  const auto valid = config.validate();
  if (!valid) return valid.error();
  for (const Engine& engine : kEngines) {
    if (engine.key == config.engine) return engine.make(config, deps);
  }
  return runtime::Error{runtime::ErrorCode::kInternalError, "the engine is not in the table"};
}

}  // namespace parley::language
