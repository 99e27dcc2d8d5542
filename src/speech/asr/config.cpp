// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/config.hpp"

namespace parley::speech {

void AsrConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind(
      "asr.engine", engine,
      "speech recognition engine: auto (neural models when they are here), pocketsphinx or sherpa-onnx");
  spec.bind("asr.model", model,
            "neural model to use: a name of the model store, or a folder; empty: those that are here");
  spec.bind("asr.model_dir", model_dir, "folder of the PocketSphinx model");
  spec.bind("asr.decoders", decoders,
            "utterances that PocketSphinx recognises at a time; each takes about 95 MB, the third and all "
            "others from when they are needed");
  spec.bind("asr.active_states", active_states,
            "models kept in the search per frame: fewer is faster and less accurate");
  spec.bind("asr.wait", wait, "milliseconds to wait for a free decoder");
  spec.bind("asr.word_bonus", word_bonus,
            "how much a neural transducer prefers expected words, for each of their pieces; 0: not at all");
  spec.bind("asr.profanity", profanity,
            "strong language in transcripts: keep or mask (first letter and asterisks)");
}

runtime::Result<> AsrConfig::validate() const {
  using runtime::Error;
  using runtime::ErrorCode;
  if (decoders < 1 || decoders > 64) {
    return Error{ErrorCode::kBadRequest, "there are 1 to 64 decoders", "asr.decoders"};
  }
  if (active_states < 500 || active_states > 30000) {
    return Error{ErrorCode::kBadRequest, "between 500 and 30000 states are active", "asr.active_states"};
  }
  if (wait.count() < 0) return Error{ErrorCode::kBadRequest, "a wait is not negative", "asr.wait"};
  if (!(word_bonus >= 0 && word_bonus <= 20)) {
    return Error{ErrorCode::kBadRequest, "the bonus of expected words is between 0 and 20", "asr.word_bonus"};
  }
  if (profanity != "keep" && profanity != "mask") {
    return Error{ErrorCode::kBadRequest, "strong language is kept or masked: keep or mask", "asr.profanity"};
  }
  return {};
}

}  // namespace parley::speech
