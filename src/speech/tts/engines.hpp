// SPDX-License-Identifier: Apache-2.0
// The engines that can speak, by the name that `tts.engine` gives.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "speech/synthesizer.hpp"
#include "speech/tts/config.hpp"

#include <memory>
#include <span>
#include <string_view>

namespace parley::speech {

struct TtsEngine {
  std::string_view name;
  runtime::Result<std::shared_ptr<Synthesizer>> (*make)(const TtsConfig& config, runtime::ComputePool& pool,
                                                        std::shared_ptr<runtime::Log> log);
};

std::span<const TtsEngine> tts_engines();

}  // namespace parley::speech
