// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/speech_band.hpp"

#include <cmath>
#include <cstddef>

namespace parley::speech {

namespace {

// Butterworth high-pass of second order, 250 Hz at 16 kHz.
constexpr double kB0 = 0.932932;
constexpr double kB1 = -1.865864;
constexpr double kB2 = 0.932932;
constexpr double kA1 = -1.861361;
constexpr double kA2 = 0.870367;

constexpr double kFullScaleDb = 90.31;
constexpr double kTrifle = 1e-3;

// The filter is taken four samples at a time: one after the other, each would wait for the one before. What
// one of its two states, or one of four inputs, adds to the four outputs and to the states behind them:
constexpr std::size_t kStep = 4;
struct Share {
  std::array<float, kStep> outputs{};
  float first = 0;
  float second = 0;
};

constexpr Share share_of(double first, double second, std::array<double, kStep> inputs) {
  Share share;
  for (std::size_t i = 0; i < kStep; ++i) {
    const double output = kB0 * inputs[i] + first;
    first = kB1 * inputs[i] - kA1 * output + second;
    second = kB2 * inputs[i] - kA2 * output;
    share.outputs[i] = static_cast<float>(output);
  }
  share.first = static_cast<float>(first);
  share.second = static_cast<float>(second);
  return share;
}

constexpr Share kFirst = share_of(1, 0, {});
constexpr Share kSecond = share_of(0, 1, {});
constexpr std::array<Share, kStep> kInputs{share_of(0, 0, {1, 0, 0, 0}), share_of(0, 0, {0, 1, 0, 0}),
                                           share_of(0, 0, {0, 0, 1, 0}), share_of(0, 0, {0, 0, 0, 1})};

}  // namespace

SpeechBand::Filtered SpeechBand::filter(std::span<const std::int16_t, 160> frame) {
  Filtered out;
  std::array<float, kStep> energy{};
  float low_energy = 0;
  for (std::size_t i = 0; i < out.low.size(); ++i) {
    std::array<float, kStep> outputs{};
    float first = 0;
    float second = 0;
    for (std::size_t k = 0; k < kStep; ++k) {
      const auto input = static_cast<float>(frame[i * kStep + k]);
      for (std::size_t j = 0; j < kStep; ++j) outputs[j] += kInputs[k].outputs[j] * input;
      first += kInputs[k].first * input;
      second += kInputs[k].second * input;
    }
    for (std::size_t j = 0; j < kStep; ++j) {
      outputs[j] += kFirst.outputs[j] * first_ + kSecond.outputs[j] * second_;
      energy[j] += outputs[j] * outputs[j];
    }
    first += kFirst.first * first_ + kSecond.first * second_;
    second += kFirst.second * first_ + kSecond.second * second_;
    first_ = first;
    second_ = second;
    out.low[i] = (outputs[0] + outputs[1] + outputs[2] + outputs[3]) * 0.25F;
    low_energy += out.low[i] * out.low[i];
  }
  out.power = (energy[0] + energy[1] + energy[2] + energy[3]) / static_cast<double>(frame.size()) + kTrifle;
  out.low_power = low_energy / static_cast<double>(out.low.size()) + kTrifle;
  return out;
}

double to_dbfs(double power) { return 10 * std::log10(power) - kFullScaleDb; }

}  // namespace parley::speech
