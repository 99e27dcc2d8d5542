// SPDX-License-Identifier: Apache-2.0
// Voice activity: when someone starts and stops speaking, decided on 10 ms frames. Pure: no clock, no I/O,
// one small state per session. With a network it is the network that decides, else the embedded detector.
#pragma once

#include "runtime/result.hpp"
#include "speech/vad/config.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace parley::speech {

inline constexpr int kVadFrameSamples = 160;  // 10 ms at 16 kHz

struct VoiceEvent {
  enum class Kind : std::uint8_t { kStarted, kStopped };
  Kind kind;
  // Sample index since the detector was made. Started: the first sample of the speech (before the moment of
  // decision by the onset time). Stopped: the sample after the last speech (before the decision by the
  // hangover, which is short: the caller measures the silence from here).
  std::int64_t at;
};

enum class Stir : std::uint8_t {
  kNothing,
  kSound,  // something stands out of the noise, for 20 ms
  kVoice,  // and the first of it sounds like a voice
};

class Silero;     // a network that any number of detectors share
class VadEngine;  // what decides

class VoiceActivityDetector {
 public:
  explicit VoiceActivityDetector(const VadConfig& config, std::shared_ptr<const Silero> network = nullptr);
  ~VoiceActivityDetector();
  VoiceActivityDetector(VoiceActivityDetector&&) noexcept;
  VoiceActivityDetector& operator=(VoiceActivityDetector&&) noexcept;

  // Takes the next frame (16 kHz mono) and says what changed with it.
  std::optional<VoiceEvent> process(std::span<const std::int16_t, kVadFrameSamples> frame);

  // How many frames share one decision of the model behind it, from the next on: 1, or more where it must be
  // cheaper and may be later by that.
  void set_hop(int frames);

  bool speaking() const;
  // Samples since the last speech, or since the beginning.
  std::int64_t silence() const;
  // What may turn out to be speech, as of the last frame. It is known sooner than speech is, and often wrong.
  Stir stirring() const;
  double noise_dbfs() const;      // the tracked noise floor
  std::int64_t position() const;  // samples taken so far

 private:
  std::unique_ptr<VadEngine> engine_;
};

}  // namespace parley::speech
