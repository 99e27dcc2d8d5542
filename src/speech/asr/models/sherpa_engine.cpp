// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sherpa_engine.hpp"

#include "speech/asr/models/sherpa_parts.hpp"

#include <string>

namespace parley::speech {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<std::shared_ptr<const SherpaEngine>> SherpaEngine::load(const inference::SherpaOnnx& library,
                                                               const inference::SherpaModel& model,
                                                               double word_bonus) {
  const std::string name(model.family_name);
  if (model.task == inference::SherpaTask::kSynthesis) {
    return Error{ErrorCode::kUnsupportedMedia, "a model of " + name + " speaks; it does not recognise"};
  }
  const bool streams = model.task == inference::SherpaTask::kStreamingRecognition;
  const auto make = streams ? make_online_engine : make_offline_engine;
  auto engine =
      inference::guarded(ErrorCode::kUnsupportedMedia, "sherpa-onnx cannot load the model of " + name,
                         [&] { return make(library.functions(), model, word_bonus); });
  if (!engine) return engine.error();
  if (!*engine) return Error{ErrorCode::kUnsupportedMedia, "sherpa-onnx refuses the model of " + name};
  return engine;
}

}  // namespace parley::speech
