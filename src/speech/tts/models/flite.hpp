// SPDX-License-Identifier: Apache-2.0
// The embedded voices: Flite (CMU), English, a few milliseconds to the first sound.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "speech/synthesizer.hpp"
#include "speech/tts/config.hpp"

#include <memory>

namespace parley::speech {

// NOT_FOUND when the configured voice does not exist. Each clause is one piece of work on the pool, so that
// sentences spoken at the same time share it fairly; the pool outlives the synthesizer and its streams. A
// stream keeps kFliteStreamChunks chunks of 100 ms for a slow reader, more than almost any text gives; one
// that gives more while nobody reads fails with OVERLOADED.
inline constexpr std::size_t kFliteStreamChunks = 4096;
runtime::Result<std::shared_ptr<Synthesizer>> make_flite(const TtsConfig& config, runtime::ComputePool& pool,
                                                         std::shared_ptr<runtime::Log> log);

}  // namespace parley::speech
