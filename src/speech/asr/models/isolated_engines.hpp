// SPDX-License-Identifier: Apache-2.0
// Neural recognisers and punctuators, in processes of their own where `NeuralModels::host` is there, else in
// this one.
#pragma once

#include "inference/sherpa_model.hpp"
#include "runtime/result.hpp"
#include "speech/asr/models/sherpa_engine.hpp"
#include "speech/asr/punctuator.hpp"
#include "speech/neural_models.hpp"

#include <memory>

namespace parley::speech {

// Each loads a model that was looked through and verified. Errors as for load_isolated().
runtime::Result<std::shared_ptr<const SherpaEngine>> load_engine(const NeuralModels& models,
                                                                 const NeuralModel& model,
                                                                 const inference::SherpaModel& inspected,
                                                                 double word_bonus);
runtime::Result<std::shared_ptr<const Punctuator>> load_punctuator(const NeuralModels& models,
                                                                   const NeuralModel& model,
                                                                   const inference::SherpaModel& inspected);

}  // namespace parley::speech
