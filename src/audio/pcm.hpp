// SPDX-License-Identifier: Apache-2.0
// PCM that carries its rate and channels, so that no function has to guess.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace parley::audio {

struct PcmFormat {
  int rate = 16000;  // frames per second
  int channels = 1;

  bool operator==(const PcmFormat&) const = default;
};

// What the recogniser and the voice activity detector take.
inline constexpr PcmFormat kSpeechFormat{16000, 1};

// Signed 16-bit samples, interleaved when there is more than one channel.
struct Pcm {
  PcmFormat format = kSpeechFormat;
  std::vector<std::int16_t> samples;

  std::size_t frames() const { return samples.size() / static_cast<std::size_t>(format.channels); }
  std::chrono::microseconds duration() const {
    return std::chrono::microseconds(static_cast<std::int64_t>(frames()) * 1'000'000 / format.rate);
  }
};

}  // namespace parley::audio
