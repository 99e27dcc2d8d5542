// SPDX-License-Identifier: Apache-2.0
#include "audio/level.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace parley::audio {
namespace {

constexpr double kFullScale = 32768.0;

double to_dbfs(double amplitude) {
  if (amplitude <= 0) return kSilenceDbfs;
  return std::max(kSilenceDbfs, 20.0 * std::log10(amplitude / kFullScale));
}

}  // namespace

double rms_dbfs(std::span<const std::int16_t> samples) {
  if (samples.empty()) return kSilenceDbfs;
  double energy = 0;
  for (const std::int16_t sample : samples) energy += static_cast<double>(sample) * sample;
  return to_dbfs(std::sqrt(energy / static_cast<double>(samples.size())));
}

double peak_dbfs(std::span<const std::int16_t> samples) {
  int peak = 0;
  for (const int sample : samples) peak = std::max(peak, std::abs(sample));
  return to_dbfs(peak);
}

std::vector<std::int16_t> mix_to_mono(std::span<const std::int16_t> interleaved, int channels) {
  if (channels == 1) return {interleaved.begin(), interleaved.end()};
  const auto width = static_cast<std::size_t>(channels);
  std::vector<std::int16_t> mono(interleaved.size() / width);
  for (std::size_t frame = 0; frame < mono.size(); ++frame) {
    int sum = 0;
    for (const int sample : interleaved.subspan(frame * width, width)) sum += sample;
    mono[frame] = static_cast<std::int16_t>(sum / channels);
  }
  return mono;
}

}  // namespace parley::audio
