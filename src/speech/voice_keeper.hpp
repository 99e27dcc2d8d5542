// SPDX-License-Identifier: Apache-2.0
// What engines remember of a voice, and how it outlives a session.
#pragma once

#include "runtime/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace parley::speech {

// What an engine has learnt of a voice, without any of its audio: bytes for the engine that made them.
struct SpeakerProfile {
  std::string bytes;
  double seconds = 0;  // of speech that it was learnt from; what is heard uncertainly counts less
};

// What an engine remembers of somebody's voice and microphone, to hear the next utterance better. Made by an
// engine, of use to that engine alone. It is personal data: it lives as long as somebody holds it, and
// nothing of it is written anywhere by itself. Thread-safe.
class VoiceMemory {
 public:
  virtual ~VoiceMemory() = default;

  // What was learnt since the last call, to be combined with what is kept already; nothing is given twice.
  // Empty when nothing was learnt, or by a memory that VoiceKeeper::recall() did not make. Waits for what is
  // being learnt, so it belongs on a pool.
  virtual SpeakerProfile take_learnt() { return {}; }

  // Everything that was learnt is gone, and nothing is learnt any more. Never waits.
  virtual void forget() {}
};

// What an engine that learns voices does with those that are kept. Any thread; a call takes some 50 ms.
class VoiceKeeper {
 public:
  virtual ~VoiceKeeper() = default;

  // Whose profiles these are: of use to no other engine.
  virtual std::string engine() const = 0;

  // A memory of somebody of whom `profile` is kept (empty: nothing yet), which helps at once and goes on
  // learning. CONFLICT when another model made the profile, BAD_REQUEST when it is damaged.
  virtual runtime::Result<std::shared_ptr<VoiceMemory>> recall(std::string_view profile) const = 0;

  // What is kept and what was learnt beside it, as one. Either may be empty. Errors as of recall().
  virtual runtime::Result<SpeakerProfile> combine(std::string_view kept, std::string_view learnt) const = 0;
};

// No engine gives more: a larger one is not its own.
inline constexpr std::size_t kMostProfileBytes = std::size_t{1} << 20;

}  // namespace parley::speech
