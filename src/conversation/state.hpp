// SPDX-License-Identifier: Apache-2.0
// What a session is doing, as clients see it, and which changes are legal.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::conversation {

// Time is the index of a sample at 16 kHz since the session began.
using SampleIndex = std::int64_t;

inline constexpr SampleIndex kSamplesPerMs = 16;

enum class SessionState : std::uint8_t { kIdle, kListening, kProcessing, kSpeaking, kInterrupted, kError };

constexpr std::string_view name(SessionState state) {
  switch (state) {
    case SessionState::kIdle:
      return "idle";
    case SessionState::kListening:
      return "listening";
    case SessionState::kProcessing:
      return "processing";
    case SessionState::kSpeaking:
      return "speaking";
    case SessionState::kInterrupted:
      return "interrupted";
    case SessionState::kError:
      return "error";
  }
  return "error";
}

// How an answer is played: quieter, or not at all, while it is found out whether the user interrupts it.
enum class OutputLevel : std::uint8_t { kFull, kDucked, kPaused };

constexpr std::string_view name(OutputLevel level) {
  switch (level) {
    case OutputLevel::kFull:
      return "full";
    case OutputLevel::kDucked:
      return "ducked";
    case OutputLevel::kPaused:
      return "paused";
  }
  return "full";
}

// What is said although nobody asked.
enum class Announcement : std::uint8_t { kGreeting, kStillThere, kEndsSoon };

// Why a session ends by itself: nobody has said anything, or it has lasted as long as one may.
enum class SessionEnd : std::uint8_t { kSilence, kTime };

constexpr std::string_view name(SessionEnd end) { return end == SessionEnd::kSilence ? "silence" : "time"; }

// The table of legal changes.
constexpr bool allowed(SessionState from, SessionState to) {
  using enum SessionState;
  switch (from) {
    case kIdle:
      return to == kListening || to == kError;
    case kListening:
      return to == kProcessing || to == kIdle || to == kInterrupted || to == kError;
    case kProcessing:
      return to == kSpeaking || to == kIdle || to == kInterrupted || to == kError;
    case kSpeaking:
      return to == kIdle || to == kInterrupted || to == kError;
    case kInterrupted:
      return to == kListening || to == kIdle || to == kError;
    case kError:
      return to == kIdle;
  }
  return false;
}

}  // namespace parley::conversation
