// SPDX-License-Identifier: Apache-2.0
// The embedded recogniser: PocketSphinx with Debian's US English model (https://cmusphinx.github.io).
#pragma once

#include "runtime/compute_pool.hpp"
#include "runtime/result.hpp"
#include "runtime/task.hpp"
#include "speech/asr/config.hpp"
#include "speech/recognizer.hpp"

#include <memory>

namespace parley::speech {

// Opens the first decoder at once (a quarter to half a second) and the others on `pool` in the background.
// `pool` does the search and `executor` runs the streams; both must outlive the recogniser and stay until its
// streams have ended. MODEL_REQUIRED when the model is not there.
runtime::Result<std::unique_ptr<Recognizer>> open_pocketsphinx(const AsrConfig& config,
                                                               runtime::ComputePool& pool,
                                                               runtime::Executor executor);

}  // namespace parley::speech
