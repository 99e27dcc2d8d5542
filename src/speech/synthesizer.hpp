// SPDX-License-Identifier: Apache-2.0
// The port of engines that turn text into speech.
#pragma once

#include "runtime/context.hpp"
#include "runtime/stream.hpp"
#include "speech/types.hpp"
#include "text/pronunciations.hpp"

#include <memory>
#include <string>
#include <vector>

namespace parley::speech {

struct Voice {
  std::string id;        // "slt", "espeak:de"
  std::string language;  // "en-US"
  std::string description;
};

struct SynthesizeOptions {
  // A voice's id, or ENGINE:LANGUAGE for the engine's nearest voice ("espeak:de-AT"), with "+f1" to "+f5" or
  // "+m1" to "+m8" behind it for another speaker of eSpeak NG. Empty: the configured default.
  std::string voice = {};
  double speed = 1.0;   // 0.5 to 2.0
  double pitch = 1.0;   // 0.5 to 2.0, relative to the voice's own; Flite's rms keeps its own
  double volume = 1.0;  // 0.0 to 2.0, a factor of amplitude
  // The language (BCP 47) that the text is expected to be in; empty: the voice's. Without `voice`, a text
  // that is clearly in another language than the default voice's (else what is expected) gets a voice of its
  // own language, where an engine has one.
  std::string language = {};
  // The sounds of the whole text (IPA, as far as English has them: tts/phones.hpp), which is then one word.
  // Else BAD_REQUEST, param "phonemes".
  std::string phonemes = {};
  // The user's own, which come before the configured ones. Languages other than English do without.
  std::shared_ptr<const text::Pronunciations> pronunciations{};
};

class Synthesizer {
 public:
  virtual ~Synthesizer() = default;

  // The engine of the default voice.
  virtual EngineInfo info() const = 0;
  // The engine that speaks with `voice`; NOT_FOUND, LANGUAGE_UNAVAILABLE or MODEL_REQUIRED (param "voice") as
  // synthesize() would fail.
  virtual runtime::Result<EngineInfo> engine_of(const std::string& /*voice*/) const { return info(); }
  // The engine that speaks `text` so.
  virtual runtime::Result<EngineInfo> engine_for(const std::string& /*text*/,
                                                 const SynthesizeOptions& options) const {
    return engine_of(options.voice);
  }
  virtual std::string default_voice() const { return {}; }
  virtual std::vector<Voice> voices() const = 0;

  // Speaks one sentence or clause of at most 2,000 bytes. Chunks come as they are made, all of one format,
  // faster than real time; each is at most 200 ms. The stream fails with TTS_FAILED when the engine does,
  // with NOT_FOUND for an unknown voice (param "voice"), LANGUAGE_UNAVAILABLE for a language that the engine
  // does not speak, MODEL_REQUIRED for an engine that is not installed, BAD_REQUEST for a text that is too
  // long or not UTF-8, OVERLOADED when too many wait. Empty text, or text without anything to say, gives an
  // empty stream. Destroying the stream stops the engine within a chunk.
  virtual runtime::Stream<AudioChunk> synthesize(const runtime::Context& context, std::string text,
                                                 SynthesizeOptions options) = 0;
};

}  // namespace parley::speech
