// SPDX-License-Identifier: Apache-2.0
// The discrete Fourier transform of 512 real samples.
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace parley::audio {

// From 0 to just below half the sampling rate, which is left out.
struct Spectrum {
  static constexpr std::size_t kBins = 256;
  std::array<float, kBins> re{};
  std::array<float, kBins> im{};
};

inline constexpr std::size_t kTransformed = 2 * Spectrum::kBins;

Spectrum transform(std::span<const float, kTransformed> samples);
// The inverse of it.
std::array<float, kTransformed> inverse_transform(const Spectrum& spectrum);

}  // namespace parley::audio
