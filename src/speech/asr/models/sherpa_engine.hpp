// SPDX-License-Identifier: Apache-2.0
// A neural recogniser in memory: one of the model families that sherpa-onnx computes.
#pragma once

#include "inference/sherpa_model.hpp"
#include "inference/sherpa_onnx.hpp"
#include "runtime/result.hpp"
#include "speech/asr/utterance_stream.hpp"

#include <memory>
#include <span>
#include <string>

namespace parley::speech {

// Any number of utterances at a time share the weights; each is computed by the thread that calls.
class SherpaEngine : public std::enable_shared_from_this<SherpaEngine> {
 public:
  // Loads a model that was looked through: tens of milliseconds to seconds. With a `word_bonus` a transducer
  // prefers expected words, by so much for each of their pieces, and searches several ways at a time; 1.5 is
  // the engine's own choice. UNSUPPORTED_MEDIA when the engine refuses it, or it is a model that speaks.
  static runtime::Result<std::shared_ptr<const SherpaEngine>> load(const inference::SherpaOnnx& library,
                                                                   const inference::SherpaModel& model,
                                                                   double word_bonus);
  virtual ~SherpaEngine() = default;
  SherpaEngine(const SherpaEngine&) = delete;
  SherpaEngine& operator=(const SherpaEngine&) = delete;

  // Whether words come while speech goes on; else the utterance is decoded when it ends, and for partials now
  // and then while that is cheap.
  virtual bool streams() const = 0;
  // `english` says how bare words are made readable. Only transducers heed what is expected, the most
  // important first.
  virtual runtime::Result<std::shared_ptr<UtteranceDecoder>> utterance(
      bool english, std::span<const std::string> expected) const = 0;
  // False once it cannot recognise any more, and must be loaded anew.
  virtual bool alive() const { return true; }

 protected:
  SherpaEngine() = default;
};

}  // namespace parley::speech
