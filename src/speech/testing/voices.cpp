// SPDX-License-Identifier: Apache-2.0
#include "speech/testing/voices.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace parley::speech::testing {

namespace {

constexpr double kRate = 16000;
constexpr double kFull = 32768;

std::int16_t clamped(double value) {
  return static_cast<std::int16_t>(std::lround(std::clamp(value, -32768.0, 32767.0)));
}

double power(const Samples& samples, std::size_t begin, std::size_t end) {
  double sum = 1e-9;
  for (std::size_t i = begin; i < end; ++i) sum += static_cast<double>(samples[i]) * samples[i];
  return sum / static_cast<double>(end - begin);
}

double to_dbfs(double mean_square) { return 10 * std::log10(mean_square / (kFull * kFull)); }

}  // namespace

Samples white_noise(double seconds, double dbfs, unsigned seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<double> normal(0, kFull * std::pow(10, dbfs / 20));
  Samples samples(static_cast<std::size_t>(seconds * kRate));
  for (auto& sample : samples) sample = clamped(normal(generator));
  return samples;
}

Samples voice(double seconds, double dbfs) {
  constexpr double kPitch = 120;
  std::vector<double> wave(static_cast<std::size_t>(seconds * kRate));
  double sum = 0;
  for (std::size_t i = 0; i < wave.size(); ++i) {
    const double time = static_cast<double>(i) / kRate;
    // Formants near 700 and 1,200 Hz.
    for (int harmonic = 1; harmonic * kPitch < 3000; ++harmonic) {
      const double frequency = harmonic * kPitch;
      const double envelope = std::exp(-std::pow((frequency - 700) / 250, 2)) +
                              0.6 * std::exp(-std::pow((frequency - 1200) / 250, 2)) + 0.05;
      wave[i] += envelope * std::sin(2 * std::numbers::pi * frequency * time);
    }
    wave[i] *= 0.25 + 0.75 * std::pow(std::sin(std::numbers::pi * 4 * time), 2);
    sum += wave[i] * wave[i];
  }
  const double scale = kFull * std::pow(10, dbfs / 20) / std::sqrt(sum / static_cast<double>(wave.size()));
  Samples samples(wave.size());
  std::transform(wave.begin(), wave.end(), samples.begin(),
                 [&](double value) { return clamped(value * scale); });
  return samples;
}

Samples silence(double seconds) { return Samples(static_cast<std::size_t>(seconds * kRate)); }

Samples joined(const std::vector<Samples>& parts) {
  Samples all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Samples mixed(Samples first, const Samples& second) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    first[i] = clamped(static_cast<double>(first[i]) + second[i % second.size()]);
  }
  return first;
}

double speech_dbfs(const Samples& samples) {
  std::vector<double> frames;
  for (std::size_t i = 0; i + 160 <= samples.size(); i += 160) frames.push_back(power(samples, i, i + 160));
  const double loudest = *std::max_element(frames.begin(), frames.end());
  double sum = 0;
  int count = 0;
  for (const double frame : frames) {
    if (frame < loudest / 316) continue;
    sum += frame;
    ++count;
  }
  return to_dbfs(sum / count);
}

double rms_dbfs(const Samples& samples) { return to_dbfs(power(samples, 0, samples.size())); }

Samples amplified(Samples samples, double db) {
  for (auto& sample : samples) sample = clamped(sample * std::pow(10, db / 20));
  return samples;
}

}  // namespace parley::speech::testing
