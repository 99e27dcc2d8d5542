// SPDX-License-Identifier: Apache-2.0
// How hearing and speaking are built from configuration.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics.hpp"
#include "runtime/task.hpp"
#include "speech/config.hpp"
#include "speech/neural_models.hpp"
#include "speech/recognizer.hpp"
#include "speech/synthesizer.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace parley::speech {

// Where spoken sentences are kept, and where it is counted how often that helped.
struct SpeechCache {
  std::filesystem::path folder;
  runtime::Metrics* metrics;  // outlives the synthesizer
};

// All engines, with the one that `config.engine` names for voices without a prefix. BAD_REQUEST for an engine
// that does not exist, NOT_FOUND for a voice that the engine does not have. The pool must outlive it and its
// streams. Without `cache`, or with a `config.cache_megabytes` of 0, nothing is kept. `neural` are the models
// among which neural voices are.
runtime::Result<std::shared_ptr<Synthesizer>> make_synthesizer(
    const TtsConfig& config, runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log,
    const std::optional<SpeechCache>& cache = std::nullopt, const NeuralModels& neural = {});

// The engine that `config.engine` names, with its first decoder loaded. BAD_REQUEST for an engine that does
// not exist, MODEL_REQUIRED when its model is missing. Pools and executor must outlive it and its streams.
// `advice` is asked for the models that a LANGUAGE_UNAVAILABLE names. With `neural`, "auto" uses the neural
// models that are on this machine, as they come and go.
runtime::Result<std::shared_ptr<Recognizer>> make_recognizer(const AsrConfig& config,
                                                             runtime::ComputePool& pool,
                                                             runtime::Executor executor,
                                                             ModelAdvice advice = {},
                                                             const std::optional<NeuralParts>& neural = {});

// Tries a neural model on a spoken sentence (16 kHz): what it heard. Errors as when it is used.
runtime::Result<Transcript> try_recognition_model(const NeuralModels& models, const NeuralModel& model,
                                                  std::span<const std::int16_t> speech);

// Speaks a sentence with a neural model. Errors as when it is used.
runtime::Result<audio::Pcm> try_voice_model(const NeuralModels& models, const NeuralModel& model,
                                            const std::string& text);

// Takes the marks out of a sentence and lets a model put them back: the share of them that are in their
// places, 0 to 1. Errors as when it is used.
runtime::Result<double> try_punctuation_model(const NeuralModels& models, const NeuralModel& model,
                                              std::string_view sentence);

// Makes this process that of one neural engine, which a host started (inference/engine_host.hpp).
[[noreturn]] void serve_engine_process(int niceness);

// What a model is for; recognition where nothing can be said of it.
NeuralTask task_of(const NeuralModel& model);

}  // namespace parley::speech
