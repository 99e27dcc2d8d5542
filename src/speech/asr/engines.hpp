// SPDX-License-Identifier: Apache-2.0
// The recognition engines by name.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/result.hpp"
#include "runtime/task.hpp"
#include "speech/asr/config.hpp"
#include "speech/neural_models.hpp"
#include "speech/recognizer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace parley::speech {

std::vector<std::string> recognizer_names();

// Opens the engine that the config names. BAD_REQUEST (asr.engine) for a name that is not in the table;
// MODEL_REQUIRED when its model is missing. `pool` and `executor` must outlive the recogniser and stay until
// its streams have ended. Without `neural`, "auto" is the embedded engine.
runtime::Result<std::unique_ptr<Recognizer>> open_recognizer(const AsrConfig& config,
                                                             runtime::ComputePool& pool,
                                                             runtime::Executor executor,
                                                             const std::optional<NeuralParts>& neural = {});

}  // namespace parley::speech
