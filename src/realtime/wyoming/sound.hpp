// SPDX-License-Identifier: Apache-2.0
// The PCM that Wyoming's clients send, as the recogniser takes it.
#pragma once

#include "audio/pcm.hpp"
#include "audio/preprocessor.hpp"
#include "audio/resampler.hpp"
#include "realtime/wyoming/event.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace parley::realtime::wyoming {

// What `audio-start` and `audio-chunk` say of the samples: little-endian, signed, interleaved.
struct SoundFormat {
  std::int64_t rate = 0;      // 8,000 to 96,000
  std::int64_t width = 0;     // bytes of a sample, 1 to 4
  std::int64_t channels = 0;  // 1 to 8

  bool operator==(const SoundFormat&) const = default;
};

// BAD_REQUEST, with the member at fault, for what is missing or out of range.
runtime::Result<SoundFormat> read_format(const Event& event);

// One stream of sound; its format may change from event to event.
class SoundIntake {
 public:
  explicit SoundIntake(const audio::PreprocessConfig& preprocess);

  // 16 kHz mono, in whole frames of 10 ms where the sound is preprocessed. BAD_REQUEST for half a sample.
  runtime::Result<std::vector<std::int16_t>> take(const Event& chunk);
  // The rest, at the end.
  std::vector<std::int16_t> finish();

 private:
  std::vector<std::int16_t> preprocessed(std::vector<std::int16_t> samples);

  std::optional<SoundFormat> format_;
  std::optional<audio::LiveResampler> resampler_;
  std::optional<audio::Preprocessor> preprocessor_;
  std::vector<std::int16_t> unprocessed_;  // less than a frame
};

}  // namespace parley::realtime::wyoming
