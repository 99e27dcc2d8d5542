// SPDX-License-Identifier: Apache-2.0
#include "audio/echo_filter.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace parley::audio {

namespace {

// Before anything is known, an echo is expected to have a tenth of the power of what is played.
constexpr float kExpected = 0.1F;
// Rooms change: so much of a weight is forgotten with each frame, and so much may be new.
constexpr float kForgotten = 0.003F;
constexpr float kNew = 1e-7F;
// An echo is found when a part has so many times the power of all on average. The parts beside it may have so
// much of its power, and so much of the echo may be in any.
constexpr float kClear = 4.0F;
constexpr float kBeside = 0.5F;
constexpr float kElsewhere = 0.1F;
// What one frame tells of a weight that is not known already from the frames before it, which are like it.
constexpr float kTold = 0.3F;
// The share of a transform that is a frame.
constexpr float kShare = static_cast<float>(EchoFilter::kFrame) / kTransformed;
constexpr std::size_t kPartSamples = 2 * EchoFilter::kFrame;
// So much of a weight is in doubt, and where it was expected up to two parts from there.
constexpr float kDoubted = 0.2F;
constexpr float kNearWeight = 0.9F;
constexpr float kFaintest = 1e-5F;
// 300 Hz, 4 kHz and 7 kHz.
constexpr std::size_t kVoice = 10;
constexpr std::size_t kHiss = 128;
constexpr std::size_t kEnd = 224;

float power(const Spectrum& spectrum, std::size_t i) {
  return spectrum.re[i] * spectrum.re[i] + spectrum.im[i] * spectrum.im[i];
}

// Of a frame, after silence.
Spectrum spectrum_of(const EchoFilter::Frame& frame) {
  std::array<float, kTransformed> samples{};
  std::ranges::copy(frame, samples.end() - frame.size());
  return transform(samples);
}

}  // namespace

EchoFilter::EchoFilter() : parts_(kParts) {
  for (Part& part : parts_) part.doubt.fill(kExpected / kParts);
}

std::optional<EchoFilter> EchoFilter::narrowed() const {
  std::array<float, kParts> found{};
  for (std::size_t k = 0; k < kParts; ++k) {
    for (std::size_t i = kVoice; i < kHiss; ++i) found[k] += power(parts_[k].weight, i);
  }
  const float all = std::accumulate(found.begin(), found.end(), 0.0F);
  if (*std::ranges::max_element(found) <= kClear * all / kParts) return std::nullopt;
  auto expected = found;
  for (std::size_t k = 1; k < kParts; ++k) {
    expected[k] = std::max(expected[k], kBeside * found[k - 1]);
    expected[k - 1] = std::max(expected[k - 1], kBeside * found[k]);
  }
  const float sum = std::accumulate(expected.begin(), expected.end(), 0.0F);
  std::optional<EchoFilter> filter(std::in_place);
  for (std::size_t k = 0; k < kParts; ++k) {
    const float share = (1 - kElsewhere) * expected[k] / sum + kElsewhere / kParts;
    filter->parts_[k].doubt.fill(kExpected * share);
  }
  return filter;
}

const Spectrum& EchoFilter::played(std::size_t part) const {
  return spectra_[(newest_ + kSpectra - kStep * part) % kSpectra];
}

EchoFilter::Bands EchoFilter::process(const Frame& played_now, Frame& heard) {
  if (spectra_.empty()) spectra_.resize(kSpectra);
  std::shift_left(samples_.begin(), samples_.end(), kFrame);
  std::ranges::copy(played_now, samples_.end() - kFrame);
  newest_ = (newest_ + 1) % kSpectra;
  spectra_[newest_] = transform(samples_);
  Spectrum echo;
  uncertain_.fill(0);
  for (std::size_t k = 0; k < kParts; ++k) {
    const Spectrum& x = played(k);
    const Part& part = parts_[k];
    for (std::size_t i = 0; i < Spectrum::kBins; ++i) {
      echo.re[i] += x.re[i] * part.weight.re[i] - x.im[i] * part.weight.im[i];
      echo.im[i] += x.re[i] * part.weight.im[i] + x.im[i] * part.weight.re[i];
      uncertain_[i] += kShare * part.doubt[i] * (x.re[i] * x.re[i] + x.im[i] * x.im[i]);
    }
  }
  const Spectrum before = spectrum_of(heard);
  const auto foreseen = inverse_transform(echo);
  for (std::size_t i = 0; i < kFrame; ++i) heard[i] -= foreseen[kTransformed - kFrame + i];
  const Spectrum left = spectrum_of(heard);
  learn(left);
  return {powers(kVoice, kHiss, before, echo, left), powers(kHiss, kEnd, before, echo, left)};
}

EchoFilter::Powers EchoFilter::powers(std::size_t lowest, std::size_t end, const Spectrum& heard,
                                      const Spectrum& echo, const Spectrum& left) const {
  Powers sums;
  for (std::size_t i = lowest; i < end; ++i) {
    sums.heard += power(heard, i);
    sums.echo += kShare * power(echo, i);
    sums.left += power(left, i);
    sums.uncertain += uncertain_[i];
  }
  return sums;
}

void EchoFilter::learn(const Spectrum& left) {
  std::array<float, Spectrum::kBins> inverse{};
  for (std::size_t i = 0; i < Spectrum::kBins; ++i) {
    const float now = power(left, i);
    near_[i] = kNearWeight * near_[i] + (1 - kNearWeight) * now;
    inverse[i] = 1 / (uncertain_[i] + std::max(near_[i], 0.5F * now) + kFaintest);
  }
  for (std::size_t k = 0; k < kParts; ++k) {
    const Spectrum& x = played(k);
    Part& part = parts_[k];
    for (std::size_t i = 0; i < Spectrum::kBins; ++i) {
      const float rate = part.doubt[i] * inverse[i];
      float& re = part.weight.re[i];
      float& im = part.weight.im[i];
      re += rate * (x.re[i] * left.re[i] + x.im[i] * left.im[i]);
      im += rate * (x.re[i] * left.im[i] - x.im[i] * left.re[i]);
      const float known = kTold * kShare * rate * (x.re[i] * x.re[i] + x.im[i] * x.im[i]);
      part.doubt[i] = part.doubt[i] * (1 - known) + kForgotten * (re * re + im * im) + kNew;
    }
  }
  for (std::size_t turn = 0; turn < 2; ++turn) {
    constrained_ = (constrained_ + 1) % kParts;
    constrain(parts_[constrained_]);
  }
}

// A weight stands for as many samples as a part is long.
void EchoFilter::constrain(Part& part) {
  auto samples = inverse_transform(part.weight);
  std::fill(samples.begin() + kPartSamples, samples.end(), 0.0F);
  part.weight = transform(samples);
}

void EchoFilter::doubt() {
  std::vector<std::array<float, Spectrum::kBins>> powers(kParts);
  for (std::size_t k = 0; k < kParts; ++k) {
    const Spectrum& weight = parts_[k].weight;
    for (std::size_t i = 0; i < Spectrum::kBins; ++i) {
      powers[k][i] = power(weight, i);
    }
  }
  for (std::size_t k = 0; k < kParts; ++k) {
    for (std::size_t i = 0; i < Spectrum::kBins; ++i) {
      float near = 0;
      for (std::size_t n = k < 2 ? 0 : k - 2; n < std::min(k + 3, kParts); ++n) near += powers[n][i];
      parts_[k].doubt[i] = std::max(parts_[k].doubt[i], kDoubted * near);
    }
  }
}

void EchoFilter::rest() {
  spectra_ = {};
  samples_ = {};
  doubt();
}

}  // namespace parley::audio
