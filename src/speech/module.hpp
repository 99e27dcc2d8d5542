// SPDX-License-Identifier: Apache-2.0
// How hearing and speaking are built from configuration.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics.hpp"
#include "runtime/task.hpp"
#include "speech/config.hpp"
#include "speech/recognizer.hpp"
#include "speech/synthesizer.hpp"

#include <filesystem>
#include <memory>
#include <optional>

namespace parley::speech {

// Where spoken sentences are kept, and where it is counted how often that helped.
struct SpeechCache {
  std::filesystem::path folder;
  runtime::Metrics* metrics;  // outlives the synthesizer
};

// All engines, with the one that `config.engine` names for voices without a prefix. BAD_REQUEST for an engine
// that does not exist, NOT_FOUND for a voice that the engine does not have. The pool must outlive it and its
// streams. Without `cache`, or with a `config.cache_megabytes` of 0, nothing is kept.
runtime::Result<std::shared_ptr<Synthesizer>> make_synthesizer(
    const TtsConfig& config, runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log,
    const std::optional<SpeechCache>& cache = std::nullopt);

// The engine that `config.engine` names, with its first decoder loaded. BAD_REQUEST for an engine that does
// not exist, MODEL_REQUIRED when its model is missing. Pool and executor must outlive it and its streams.
// `advice` is asked for the models that a LANGUAGE_UNAVAILABLE names.
runtime::Result<std::shared_ptr<Recognizer>> make_recognizer(const AsrConfig& config,
                                                             runtime::ComputePool& pool,
                                                             runtime::Executor executor,
                                                             ModelAdvice advice = {});

}  // namespace parley::speech
