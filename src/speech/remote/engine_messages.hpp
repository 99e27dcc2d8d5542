// SPDX-License-Identifier: Apache-2.0
// What is said between Parley and a neural engine in a process of its own. Each request has one answer: the
// word kDone and what was asked for, or kFailed and an error.
#pragma once

#include "inference/engine_message.hpp"
#include "runtime/result.hpp"
#include "speech/types.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::speech {

enum class EngineRequest : std::uint8_t {
  kLoad = 1,   // EngineLoad -> EngineTraits; the first on the first line
  kBegin,      // UtteranceBegin -> nothing; the first of an utterance, which has a line to itself
  kHear,       // samples -> UtteranceStep
  kAdvance,    // samples -> UtteranceStep, after a piece of the work
  kFinish,     // samples -> Transcript
  kPunctuate,  // text -> text
  kSpeak       // SpeakPiece -> samples
};

enum class EngineAnswer : std::uint8_t { kDone = 1, kFailed };

struct EngineLoad {
  std::string folder;
  std::string library;
  double word_bonus = 0;
};

struct EngineTraits {
  bool streams = false;
  int rate = 0;  // of a voice
  int speakers = 0;
};

struct UtteranceBegin {
  bool english = true;
  std::vector<std::string> expected = {};
};

struct UtteranceStep {
  bool more = false;
  std::optional<Transcript> partial = std::nullopt;
};

struct SpeakPiece {
  std::string text;
  int speaker = 0;
  double speed = 1;
};

void write(inference::EngineMessageWriter& to, const EngineLoad& load);
void write(inference::EngineMessageWriter& to, const EngineTraits& traits);
void write(inference::EngineMessageWriter& to, const UtteranceBegin& begin);
void write(inference::EngineMessageWriter& to, const UtteranceStep& step);
void write(inference::EngineMessageWriter& to, const SpeakPiece& piece);
void write(inference::EngineMessageWriter& to, const Transcript& transcript);
void write(inference::EngineMessageWriter& to, const runtime::Error& error);

// Whether all was there is what the reader says at the end. Texts are made valid UTF-8, and numbers that
// cannot be are made ones that can: an engine may say strange things and be a good one otherwise.
void read(inference::EngineMessageReader& from, EngineLoad& load);
void read(inference::EngineMessageReader& from, EngineTraits& traits);
void read(inference::EngineMessageReader& from, UtteranceBegin& begin);
void read(inference::EngineMessageReader& from, UtteranceStep& step);
void read(inference::EngineMessageReader& from, SpeakPiece& piece);
void read(inference::EngineMessageReader& from, Transcript& transcript);
void read(inference::EngineMessageReader& from, runtime::Error& error);

}  // namespace parley::speech
