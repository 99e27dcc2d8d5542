// SPDX-License-Identifier: Apache-2.0
// The model store as engines of speech see it.
#pragma once

#include "inference/config.hpp"
#include "inference/types.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics.hpp"
#include "runtime/result.hpp"
#include "speech/neural_models.hpp"

#include <filesystem>
#include <memory>

namespace parley::app {

// The engine in the list of models that computes neural speech.
inline constexpr const char* kNeuralEngine = "sherpa-onnx";

// Engines get processes of their own where the configuration says so. `metrics` may be null, else it outlives
// what is made with the models. Errors as for opening the store.
runtime::Result<speech::NeuralModels> neural_models(const inference::Config& config,
                                                    std::shared_ptr<runtime::Log> log,
                                                    runtime::Metrics* metrics);

// A model of the list as engines see it, in the folder of all models.
speech::NeuralModel neural_model(const inference::Model& model, const std::filesystem::path& folder);

}  // namespace parley::app
