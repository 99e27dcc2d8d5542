// SPDX-License-Identifier: Apache-2.0
#include "audio/fourier.hpp"

#include <cmath>
#include <numbers>

namespace parley::audio {

namespace {

constexpr std::size_t kHalf = Spectrum::kBins;

struct Tables {
  std::array<std::size_t, kHalf> reversed{};
  std::array<float, kHalf> cosine{};  // of 2 pi i / 512
  std::array<float, kHalf> sine{};
  // The factors of a stage of 2, 4, ... 256 values stand from half as many on.
  std::array<float, kHalf> stage_re{};
  std::array<float, kHalf> stage_im{};

  Tables() {
    for (std::size_t i = 0; i < kHalf; ++i) {
      for (std::size_t bit = 1; bit < kHalf; bit *= 2) {
        if ((i & bit) != 0) reversed[i] += kHalf / 2 / bit;
      }
      const double angle = std::numbers::pi * static_cast<double>(i) / kHalf;
      cosine[i] = static_cast<float>(std::cos(angle));
      sine[i] = static_cast<float>(std::sin(angle));
    }
    for (std::size_t half = 1; half < kHalf; half *= 2) {
      for (std::size_t i = 0; i < half; ++i) {
        const double angle = std::numbers::pi * static_cast<double>(i) / static_cast<double>(half);
        stage_re[half + i] = static_cast<float>(std::cos(angle));
        stage_im[half + i] = static_cast<float>(-std::sin(angle));
      }
    }
  }
};

const Tables& tables() {
  static const Tables made;
  return made;
}

// The transform of 256 complex values that stand in bit-reversed order, in place.
void complex_transform(Spectrum& z) {
  const Tables& t = tables();
  for (std::size_t half = 1; half < kHalf; half *= 2) {
    for (std::size_t begin = 0; begin < kHalf; begin += 2 * half) {
      float* re = z.re.data() + begin;
      float* im = z.im.data() + begin;
      for (std::size_t i = 0; i < half; ++i) {
        const float c = t.stage_re[half + i];
        const float s = t.stage_im[half + i];
        const float other_re = c * re[half + i] - s * im[half + i];
        const float other_im = c * im[half + i] + s * re[half + i];
        re[half + i] = re[i] - other_re;
        im[half + i] = im[i] - other_im;
        re[i] += other_re;
        im[i] += other_im;
      }
    }
  }
}

}  // namespace

// Even samples are taken as real parts, odd ones as imaginary parts of half as many values, and told apart
// after.
Spectrum transform(std::span<const float, kTransformed> samples) {
  const Tables& t = tables();
  Spectrum z;
  for (std::size_t i = 0; i < kHalf; ++i) {
    z.re[t.reversed[i]] = samples[2 * i];
    z.im[t.reversed[i]] = samples[2 * i + 1];
  }
  complex_transform(z);
  Spectrum result;
  result.re[0] = z.re[0] + z.im[0];
  for (std::size_t i = 1; i < kHalf; ++i) {
    const std::size_t j = kHalf - i;
    const float even_re = 0.5F * (z.re[i] + z.re[j]);
    const float even_im = 0.5F * (z.im[i] - z.im[j]);
    const float odd_re = 0.5F * (z.im[i] + z.im[j]);
    const float odd_im = 0.5F * (z.re[j] - z.re[i]);
    result.re[i] = even_re + t.cosine[i] * odd_re + t.sine[i] * odd_im;
    result.im[i] = even_im + t.cosine[i] * odd_im - t.sine[i] * odd_re;
  }
  return result;
}

std::array<float, kTransformed> inverse_transform(const Spectrum& spectrum) {
  const Tables& t = tables();
  Spectrum z;
  // Conjugated before and after, the transform is its own inverse.
  z.re[0] = spectrum.re[0];
  z.im[0] = -spectrum.re[0];
  for (std::size_t i = 1; i < kHalf; ++i) {
    const std::size_t j = kHalf - i;
    const float even_re = spectrum.re[i] + spectrum.re[j];
    const float even_im = spectrum.im[i] - spectrum.im[j];
    const float half_re = spectrum.re[i] - spectrum.re[j];
    const float half_im = spectrum.im[i] + spectrum.im[j];
    const float odd_re = t.cosine[i] * half_re - t.sine[i] * half_im;
    const float odd_im = t.cosine[i] * half_im + t.sine[i] * half_re;
    z.re[t.reversed[i]] = even_re - odd_im;
    z.im[t.reversed[i]] = -(even_im + odd_re);
  }
  complex_transform(z);
  std::array<float, kTransformed> samples{};
  constexpr float kScale = 1.0F / static_cast<float>(kTransformed);
  for (std::size_t i = 0; i < kHalf; ++i) {
    samples[2 * i] = kScale * z.re[i];
    samples[2 * i + 1] = -kScale * z.im[i];
  }
  return samples;
}

}  // namespace parley::audio
