// SPDX-License-Identifier: Apache-2.0
// A neural voice in memory: one of the model families that sherpa-onnx speaks with.
#pragma once

#include "inference/sherpa_model.hpp"
#include "inference/sherpa_onnx.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace parley::speech {

// Thread-safe: sentences take turns, since not every family may be called by two threads at once.
class SherpaSpeaker {
 public:
  // Loads a model that was looked through: tens of milliseconds to seconds. UNSUPPORTED_MEDIA when the engine
  // refuses it, or it is a model that does not speak.
  static runtime::Result<std::shared_ptr<SherpaSpeaker>> load(const inference::SherpaOnnx& library,
                                                              const inference::SherpaModel& model);
  virtual ~SherpaSpeaker() = default;
  SherpaSpeaker(const SherpaSpeaker&) = delete;
  SherpaSpeaker& operator=(const SherpaSpeaker&) = delete;

  virtual int rate() const = 0;      // Hz
  virtual int speakers() const = 0;  // 0 or 1: one
  // The text in the voice of a speaker. TTS_FAILED when the engine fails.
  virtual runtime::Result<std::vector<std::int16_t>> speak(const std::string& text, int speaker,
                                                           double speed) = 0;
  // False once it cannot speak any more, and must be loaded anew.
  virtual bool alive() const { return true; }

 protected:
  SherpaSpeaker() = default;
};

}  // namespace parley::speech
