// SPDX-License-Identifier: Apache-2.0
// Whether a session is being recorded, and why not any more.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::conversation {

enum class RecordingState : std::uint8_t {
  kActive,
  kFinished,   // its session is over
  kFull,       // it is as large as one may be
  kFailed,     // the disk did not take it, or not fast enough
  kWithdrawn,  // its owner agrees no more: it is removed
};

constexpr std::string_view name(RecordingState state) {
  switch (state) {
    case RecordingState::kActive:
      return "active";
    case RecordingState::kFinished:
      return "finished";
    case RecordingState::kFull:
      return "full";
    case RecordingState::kFailed:
      return "failed";
    case RecordingState::kWithdrawn:
      return "withdrawn";
  }
  return "failed";
}

}  // namespace parley::conversation
