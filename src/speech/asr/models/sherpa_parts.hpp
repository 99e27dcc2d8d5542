// SPDX-License-Identifier: Apache-2.0
// What the engines of sherpa-onnx that stream and those that do not have in common.
#pragma once

#include "inference/sherpa_model.hpp"
#include "inference/sherpa_onnx.hpp"
#include "speech/asr/models/expected_words.hpp"
#include "speech/asr/models/sherpa_engine.hpp"
#include "speech/asr/models/token_words.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace parley::speech {

inline constexpr std::int32_t kSherpaRate = 16000;
inline constexpr const char* kSherpaFailed = "the recogniser failed";

// Frees what the library gave.
template <class T>
using SherpaHandle = std::unique_ptr<const T, void (*)(const T*)>;

inline std::vector<float> sherpa_samples(std::span<const std::int16_t> samples) {
  std::vector<float> floats(samples.size());
  std::transform(samples.begin(), samples.end(), floats.begin(),
                 [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  return floats;
}

inline std::chrono::milliseconds length_of(std::size_t samples) {
  return std::chrono::milliseconds(samples * 1000 / kSherpaRate);
}

// The tokens of a result; `times` are seconds, or null.
inline std::vector<SpokenToken> tokens_of(const inference::sherpa::Text* tokens, const float* times,
                                          std::int32_t count, std::chrono::milliseconds offset) {
  std::vector<SpokenToken> found;
  for (std::int32_t i = 0; tokens != nullptr && i < count; ++i) {
    SpokenToken token{tokens[i]};
    if (times != nullptr) token.at = offset + std::chrono::milliseconds(std::lround(times[i] * 1000));
    found.push_back(std::move(token));
  }
  return found;
}

// Sets a configuration of either kind so that words can be expected, where the model can and it is wanted.
// `pieces` stays until the engine was made.
template <class Config>
std::optional<ExpectedWords> expect_words(Config& config, std::optional<PieceFile>& pieces,
                                          const inference::SherpaModel& model, double word_bonus) {
  auto words = word_bonus > 0 ? ExpectedWords::of(model) : std::nullopt;
  if (!words) return std::nullopt;
  pieces.emplace(model, *words);
  if (pieces->path() == nullptr) return std::nullopt;
  config.decoding_method = "modified_beam_search";
  config.hotwords_score = static_cast<float>(word_bonus);
  config.model_config.modeling_unit = "bpe";
  config.model_config.bpe_vocab = pieces->path();
  return words;
}

// Null when the library refuses the model.
std::shared_ptr<const SherpaEngine> make_online_engine(const inference::sherpa::Functions& library,
                                                       const inference::SherpaModel& model,
                                                       double word_bonus);
std::shared_ptr<const SherpaEngine> make_offline_engine(const inference::sherpa::Functions& library,
                                                        const inference::SherpaModel& model,
                                                        double word_bonus);

}  // namespace parley::speech
