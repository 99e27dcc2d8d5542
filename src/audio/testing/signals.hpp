// SPDX-License-Identifier: Apache-2.0
// Signals and hand-made WAV files for tests.
#pragma once

#include "audio/pcm.hpp"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <string_view>
#include <vector>

namespace parley::audio::testing {

// `amplitude` of full scale 1.0; the same sine in every channel.
inline Pcm sine(PcmFormat format, double hertz, double seconds, double amplitude = 0.5) {
  Pcm pcm{format, {}};
  const auto frames = static_cast<std::size_t>(seconds * format.rate);
  pcm.samples.reserve(frames * static_cast<std::size_t>(format.channels));
  for (std::size_t i = 0; i < frames; ++i) {
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / format.rate;
    const auto sample = static_cast<std::int16_t>(std::lround(32767 * amplitude * std::sin(phase)));
    for (int channel = 0; channel < format.channels; ++channel) pcm.samples.push_back(sample);
  }
  return pcm;
}

inline std::string little_endian(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * i) & 0xFF);
  return text;
}

struct WavFormat {
  std::uint32_t tag = 1;
  std::uint32_t channels = 1;
  std::uint32_t rate = 16000;
  std::uint32_t bits = 16;
};

inline std::string chunk(std::string_view id, std::string_view body) {
  std::string text(id);
  text += little_endian(body.size(), 4);
  text += body;
  if (body.size() % 2 == 1) text += '\0';
  return text;
}

inline std::string format_chunk(WavFormat format) {
  const std::uint32_t frame = format.channels * format.bits / 8;
  return chunk("fmt ", little_endian(format.tag, 2) + little_endian(format.channels, 2) +
                           little_endian(format.rate, 4) + little_endian(format.rate * frame, 4) +
                           little_endian(frame, 2) + little_endian(format.bits, 2));
}

inline std::string riff(std::string_view chunks) {
  return "RIFF" + little_endian(chunks.size() + 4, 4) + "WAVE" + std::string(chunks);
}

}  // namespace parley::audio::testing
