// SPDX-License-Identifier: Apache-2.0
// How loud audio seems to a listener: integrated loudness after ITU-R BS.1770-5, with its two gates.
#pragma once

#include "audio/pcm.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace parley::audio {

// What silence, or audio shorter than 400 ms, is said to have: the absolute gate of BS.1770.
inline constexpr double kSilenceLufs = -70.0;

// One or two channels (left, right), interleaved: the weights of surround channels are not known here. Not
// thread-safe. Keeps one number for each 100 ms.
class LoudnessMeter {
 public:
  explicit LoudnessMeter(PcmFormat format);

  void add(std::span<const std::int16_t> samples);
  // Of all that was added so far, in LUFS: a full-scale sine of 997 Hz in one channel has -3.01.
  double integrated() const;

 private:
  // A biquad in transposed direct form II.
  struct Biquad {
    double b0, b1, b2, a1, a2;
    double s1 = 0;
    double s2 = 0;
    double next(double x) {
      const double y = b0 * x + s1;
      s1 = b1 * x - a1 * y + s2;
      s2 = b2 * x - a2 * y;
      return y;
    }
  };
  struct KWeighting {
    Biquad shelf;      // the effect of a head
    Biquad high_pass;  // RLB weighting
  };
  static KWeighting k_weighting(int rate);

  const std::size_t channels_;
  const std::size_t step_frames_;  // 100 ms
  std::vector<KWeighting> filters_;
  double step_energy_ = 0;
  std::size_t step_filled_ = 0;
  std::size_t channel_ = 0;    // of the next sample
  std::vector<double> steps_;  // energy of each 100 ms, channels summed
};

double integrated_lufs(const Pcm& pcm);

}  // namespace parley::audio
