// SPDX-License-Identifier: Apache-2.0
#include "audio/loudness.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace parley::audio {
namespace {

constexpr std::size_t kStepsPerBlock = 4;  // blocks of 400 ms, each beginning 100 ms after the last
constexpr double kRelativeGate = -10.0;    // LU

double to_lufs(double power) { return power > 0 ? -0.691 + 10 * std::log10(power) : kSilenceLufs; }

}  // namespace

// BS.1770 gives the coefficients for 48 kHz only; these are its analogue prototypes (B. De Man, "Evaluation
// of implementations of the EBU R128 loudness measurement", 2018) for any rate, and agree with its tables.
LoudnessMeter::KWeighting LoudnessMeter::k_weighting(int rate) {
  const auto warp = [rate](double hertz) { return std::tan(std::numbers::pi * hertz / rate); };
  KWeighting weighting{};
  {
    constexpr double kQ = 0.7071752369554196;
    const double k = warp(1681.974450955533);
    const double gain = std::pow(10.0, 3.999843853973347 / 20);
    const double band = std::pow(gain, 0.4996667741545416);
    const double a0 = 1 + k / kQ + k * k;
    weighting.shelf = {(gain + band * k / kQ + k * k) / a0, 2 * (k * k - gain) / a0,
                       (gain - band * k / kQ + k * k) / a0, 2 * (k * k - 1) / a0, (1 - k / kQ + k * k) / a0};
  }
  {
    constexpr double kQ = 0.5003270373238773;
    const double k = warp(38.13547087602444);
    const double a0 = 1 + k / kQ + k * k;
    weighting.high_pass = {1, -2, 1, 2 * (k * k - 1) / a0, (1 - k / kQ + k * k) / a0};
  }
  return weighting;
}

LoudnessMeter::LoudnessMeter(PcmFormat format)
    : channels_(static_cast<std::size_t>(std::clamp(format.channels, 1, 2))),
      step_frames_(static_cast<std::size_t>(std::max(format.rate / 10, 1))),
      filters_(channels_, k_weighting(std::max(format.rate, 1))) {}

void LoudnessMeter::add(std::span<const std::int16_t> samples) {
  for (const std::int16_t sample : samples) {
    KWeighting& filter = filters_[channel_];
    const double weighted = filter.high_pass.next(filter.shelf.next(sample / 32768.0));
    step_energy_ += weighted * weighted;
    channel_ = (channel_ + 1) % channels_;
    if (channel_ != 0 || ++step_filled_ < step_frames_) continue;
    steps_.push_back(step_energy_ / static_cast<double>(step_frames_));
    step_energy_ = 0;
    step_filled_ = 0;
  }
}

double LoudnessMeter::integrated() const {
  const auto gated_power = [this](double gate_lufs) {
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i + kStepsPerBlock <= steps_.size(); ++i) {
      const double power =
          (steps_[i] + steps_[i + 1] + steps_[i + 2] + steps_[i + 3]) / static_cast<double>(kStepsPerBlock);
      if (to_lufs(power) <= gate_lufs) continue;
      sum += power;
      ++count;
    }
    return count > 0 ? sum / static_cast<double>(count) : 0.0;
  };
  const double above_silence = gated_power(kSilenceLufs);
  if (above_silence <= 0) return kSilenceLufs;
  return to_lufs(gated_power(std::max(kSilenceLufs, to_lufs(above_silence) + kRelativeGate)));
}

double integrated_lufs(const Pcm& pcm) {
  LoudnessMeter meter(pcm.format);
  meter.add(pcm.samples);
  return meter.integrated();
}

}  // namespace parley::audio
