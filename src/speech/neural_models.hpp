// SPDX-License-Identifier: Apache-2.0
// Where engines learn which neural models are on this machine.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace parley::inference {
class EngineHost;
}

namespace parley::speech {

struct NeuralModel {
  std::string name;
  std::filesystem::path folder;
  std::vector<std::string> languages;  // "en", "de"; "any"
};

enum class NeuralTask : std::uint8_t { kRecognition, kSynthesis, kPunctuation };

// All functions may be called from any thread and block on the disk.
struct NeuralModels {
  // The library sherpa-onnx or its folder; empty: where systems and npm have it.
  std::string library = {};
  // Where engines get processes of their own; null: they run in this one.
  std::shared_ptr<inference::EngineHost> host = nullptr;
  // The models that are here now, in order of preference. Cheap.
  std::function<std::vector<NeuralModel>()> present = [] { return std::vector<NeuralModel>(); };
  // Whether the files of a model are what they should be, byte by byte; before an engine first sees them.
  std::function<runtime::Result<>(const NeuralModel&)> verify = [](const NeuralModel&) {
    return runtime::Result<>();
  };
};

// What engines need to use them.
struct NeuralParts {
  NeuralModels models;
  runtime::ComputePool& background;  // looks for models and loads them
  std::shared_ptr<runtime::Log> log;
};

}  // namespace parley::speech
