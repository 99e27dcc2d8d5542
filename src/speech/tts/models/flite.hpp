// SPDX-License-Identifier: Apache-2.0
// The embedded voices: Flite (CMU), English, a few milliseconds to the first sound.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "speech/tts/engine.hpp"

#include <memory>

namespace parley::speech {

// Each clause is one piece of work on the pool, so that sentences spoken at the same time share it fairly;
// the pool outlives the engine and what it speaks.
std::unique_ptr<TtsEngine> make_flite(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log);

}  // namespace parley::speech
