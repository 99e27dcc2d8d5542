// SPDX-License-Identifier: Apache-2.0
// What an engine that speaks has to do; everything that engines share (checks, choice of the voice, level,
// chunks) is done around it by the speaker.
#pragma once

#include "speech/synthesizer.hpp"
#include "speech/tts/phones.hpp"
#include "speech/tts/speech_writer.hpp"
#include "text/pronunciations.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::speech {

// Checked: valid UTF-8 of at most 2,000 bytes, speed and pitch from 0.5 to 2.0.
struct SpeakRequest {
  std::string text;
  std::string voice;  // as find_voice() gave it
  double speed = 1.0;
  double pitch = 1.0;
  std::optional<SpokenSounds> sounds{};  // of the whole text, in place of how it is read
  std::shared_ptr<const text::Pronunciations> pronunciations{};  // null: none
};

class TtsEngine {
 public:
  virtual ~TtsEngine() = default;

  virtual EngineInfo info() const = 0;
  // Loads the engine if need be; empty when it is not installed. Any thread.
  virtual std::vector<Voice> voices() const = 0;
  // The voice that `name` asks for: an id without the engine's prefix, or what comes near it. NOT_FOUND,
  // LANGUAGE_UNAVAILABLE or MODEL_REQUIRED, with param "voice".
  virtual runtime::Result<std::string> find_voice(std::string_view name) const = 0;
  // Starts to speak and returns; the writer is told everything else. Never blocks.
  virtual void speak(SpeakRequest request, std::shared_ptr<SpeechWriter> writer) = 0;
};

}  // namespace parley::speech
