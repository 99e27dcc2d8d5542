// SPDX-License-Identifier: Apache-2.0
// Neural voices: the models of the model store that sherpa-onnx can speak with (VITS and Piper, Matcha,
// Kokoro).
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "speech/neural_models.hpp"
#include "speech/tts/engine.hpp"

#include <memory>

namespace parley::speech {

// A voice is the name of its model, "+3" behind it for its fourth speaker. Models are loaded when first asked
// to speak, and may come and go. `pool` outlives the engine.
std::unique_ptr<TtsEngine> make_sherpa_voices(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log,
                                              const NeuralModels& models);

// Speaks a sentence with a model of the store; for self-tests. Blocks.
runtime::Result<audio::Pcm> speak_with_model(const NeuralModels& models, const NeuralModel& model,
                                             const std::string& text);

}  // namespace parley::speech
