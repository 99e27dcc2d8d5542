// SPDX-License-Identifier: Apache-2.0
// Neural voices, in processes of their own where `NeuralModels::host` is there, else in this one.
#pragma once

#include "inference/sherpa_model.hpp"
#include "runtime/result.hpp"
#include "speech/neural_models.hpp"
#include "speech/tts/models/sherpa_speaker.hpp"

#include <memory>

namespace parley::speech {

// Loads a model that was looked through and verified. Errors as for load_isolated().
runtime::Result<std::shared_ptr<SherpaSpeaker>> load_speaker(const NeuralModels& models,
                                                             const NeuralModel& model,
                                                             const inference::SherpaModel& inspected);

}  // namespace parley::speech
