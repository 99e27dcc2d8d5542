// SPDX-License-Identifier: Apache-2.0
// Settings of speech recognition.
#pragma once

#include "runtime/config.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace parley::speech {

struct AsrConfig {
  // A key of the table in asr/engines.cpp. auto: the neural models that are here, else pocketsphinx.
  std::string engine = "auto";
  std::string model = {};  // of sherpa-onnx: a name of the model store, or a folder; empty: all that are here
  // Holds en-us/ (acoustic model), en-us.lm.bin and cmudict-en-us.dict, as Debian's pocketsphinx-en-us does.
  std::string model_dir = "/usr/share/pocketsphinx/model/en-us";
  // Of PocketSphinx: utterances at a time. Two are opened at the start, more when they are needed; about 95
  // MB each.
  std::int64_t decoders = 4;
  std::int64_t active_states = 6000;  // hidden Markov models kept per frame: fewer is faster, less accurate
  std::chrono::milliseconds wait{10'000};  // for a free decoder, before OVERLOADED
  double word_bonus = 1.5;         // for each piece of an expected word, in a neural transducer; 0: none
  std::string profanity = "keep";  // keep or mask: see asr/profanity.hpp

  bool masks_profanity() const { return profanity == "mask"; }
  void bind(runtime::ConfigSpec& spec);
  // BAD_REQUEST naming the key that cannot be. Whether the model is there is known when the engine is built.
  runtime::Result<> validate() const;
};

}  // namespace parley::speech
