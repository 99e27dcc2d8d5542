// SPDX-License-Identifier: Apache-2.0
// eSpeak NG: more than a hundred languages in a plain voice, a thousand times faster than real time. Loaded
// when it is first asked for.
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "speech/tts/engine.hpp"

#include <memory>

namespace parley::speech {

// Voices are named by language ("de", "en-us", "pt-br"), any of them with a speaker behind it ("de+f2"). The
// library has one global state, so one sentence at a time is spoken, piece by piece and in turn for all who
// wait: kEspeakWaiting sentences at most, more are OVERLOADED. The pool outlives the engine and what it
// speaks.
inline constexpr std::size_t kEspeakWaiting = 256;
std::unique_ptr<TtsEngine> make_espeak(runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log);

}  // namespace parley::speech
