// SPDX-License-Identifier: Apache-2.0
// The engines that can speak, by the name that `tts.engine` gives.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "speech/neural_models.hpp"
#include "speech/tts/engine.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace parley::speech {

struct TtsEngineRow {
  std::string_view name;
  // Must not load what takes long: engines that are not used are made too. The pool outlives the engine.
  std::unique_ptr<TtsEngine> (*make)(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log,
                                     const NeuralModels& models);
};

std::span<const TtsEngineRow> tts_engines();

}  // namespace parley::speech
