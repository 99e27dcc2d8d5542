// SPDX-License-Identifier: Apache-2.0
// Recognition by the neural models that are on this machine, and by the embedded engine where there are none.
// Models may come and go while it runs.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/task.hpp"
#include "speech/asr/config.hpp"
#include "speech/neural_models.hpp"
#include "speech/recognizer.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace parley::speech {

class NeuralRecognizer : public Recognizer {
 public:
  // Looks for models at once, which blocks until they are loaded, and from then on every two seconds.
  // `compute` recognises; pools and executor must outlive it and its streams. Without an embedded engine
  // (null) the reason why no model can be used is the error; else the log tells it.
  static runtime::Result<std::unique_ptr<NeuralRecognizer>> open(const AsrConfig& config, NeuralParts parts,
                                                                 std::shared_ptr<Recognizer> embedded,
                                                                 runtime::ComputePool& compute,
                                                                 runtime::Executor executor);

  // Loads models that have come and forgets those that are gone; utterances under way keep theirs. Blocks.
  virtual void look() = 0;
};

// Tries a recognition model from a folder on a spoken sentence (16 kHz): what it heard.
runtime::Result<Transcript> try_neural_model(const NeuralModels& models, const NeuralModel& model,
                                             std::span<const std::int16_t> speech);

// Takes the marks and capitals out of a sentence and lets a model put them back: the share of the marks that
// are in their places.
runtime::Result<double> try_punctuation(const NeuralModels& models, const NeuralModel& model,
                                        std::string_view sentence);

// What a model is for; recognition where nothing can be said of it.
NeuralTask neural_task(const NeuralModel& model);

}  // namespace parley::speech
