// SPDX-License-Identifier: Apache-2.0
// Punctuation by the networks that sherpa-onnx computes.
#pragma once

#include "inference/sherpa_model.hpp"
#include "inference/sherpa_onnx.hpp"
#include "runtime/result.hpp"
#include "speech/asr/punctuator.hpp"

#include <memory>

namespace parley::speech {

// Loads a model that was looked through. UNSUPPORTED_MEDIA when the engine refuses it.
runtime::Result<std::shared_ptr<const Punctuator>> load_sherpa_punctuator(
    const inference::SherpaOnnx& library, const inference::SherpaModel& model);

}  // namespace parley::speech
