// SPDX-License-Identifier: Apache-2.0
#include "speech/remote/engine_client.hpp"

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

// Hundreds of megabytes from a disk.
constexpr std::chrono::seconds kLoadPatience{180};

}  // namespace

inference::EngineMessageWriter engine_request(EngineRequest kind) {
  inference::EngineMessageWriter message;
  message.number(static_cast<std::uint8_t>(kind));
  return message;
}

Result<IsolatedModel> load_isolated(const NeuralModels& models, const NeuralModel& model, double word_bonus,
                                    int niceness) {
  auto process = models.host->start(model.name, model.folder, niceness);
  if (!process) return process.error();
  const auto line = (*process)->connect();
  if (!line) return line.error();
  auto message = engine_request(EngineRequest::kLoad);
  write(message, EngineLoad{model.folder.string(), models.library, word_bonus});
  const auto loaded = ask_engine<EngineTraits>(**process, *line, std::move(message), kLoadPatience);
  if (loaded) return IsolatedModel{std::move(*process), *loaded};
  if (loaded.error().code != ErrorCode::kServiceUnavailable) return loaded.error();
  return Error{ErrorCode::kServiceUnavailable,
               "the model ended its engine while it was loaded: " + (*process)->how_it_ended(), model.name};
}

}  // namespace parley::speech
