// SPDX-License-Identifier: Apache-2.0
// An answer as it is made: what the language model says, and how its first sentence sounds. It may be begun
// before it is certain that its question is over; until an answer takes it up, nobody learns of it, and going
// it leaves no trace.
#pragma once

#include "language/types.hpp"
#include "runtime/stream.hpp"
#include "speech/types.hpp"

#include <stop_token>
#include <string>

namespace parley::conversation {

struct Draft {
  Draft() = default;
  ~Draft() { stop.request_stop(); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  language::ChatRequest request;  // as a session asks: the passages are those of the search for its question
  bool aloud = false;
  std::stop_source stop;  // of all that makes it
  runtime::Stream<language::ChatDelta> deltas;
  std::string sentence;                       // its first, once it is known; empty when it is not spoken,
  runtime::Stream<speech::AudioChunk> sound;  // and what it sounds like
};

}  // namespace parley::conversation
