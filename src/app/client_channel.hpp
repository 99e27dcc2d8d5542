// SPDX-License-Identifier: Apache-2.0
// A client inside the process: it speaks a recording into a session at the speed of speech and takes down
// what comes back, timed where a caller would feel it.
#pragma once

#include "conversation/session.hpp"
#include "runtime/io_threads.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace parley::app {

// One turn as the client saw it.
struct ClientTurn {
  conversation::TurnRecord record;
  conversation::ResponseStatus status = conversation::ResponseStatus::kCompleted;
  std::optional<runtime::Error> error;
  audio::Pcm answer;
  // From sending the last sample within 35 dB of the recording's peak to receiving the first sample of the
  // answer that is not silent. Absent when the turn was taken before the recording's end.
  std::optional<double> voice_to_voice_ms;
};

struct SpokenResult {
  std::vector<ClientTurn> turns;
  std::optional<runtime::Error> recognition_error;
};

// Feeds `recording` (16 kHz mono) in 20 ms blocks at the speed of speech, then room noise at the recording's
// own level until the answer is complete (the end of the recording is not an end of speech). Returns when the
// last turn is over, or, when nothing was understood, a few seconds after the recording's end. Blocks the
// calling thread.
SpokenResult speak_to_session(runtime::IoThreads& io, const conversation::SessionParts& parts,
                              const audio::Pcm& recording);

}  // namespace parley::app
