// SPDX-License-Identifier: Apache-2.0
// What stands behind a VoiceActivityDetector.
#pragma once

#include "speech/voice_activity.hpp"

namespace parley::speech {

class VadEngine {
 public:
  virtual ~VadEngine() = default;

  virtual std::optional<VoiceEvent> process(std::span<const std::int16_t, kVadFrameSamples> frame) = 0;
  virtual void set_hop(int frames) = 0;
  virtual bool speaking() const = 0;
  virtual std::int64_t silence() const = 0;
  virtual Stir stirring() const = 0;
  virtual double noise_dbfs() const = 0;
  virtual std::int64_t position() const = 0;
};

}  // namespace parley::speech
