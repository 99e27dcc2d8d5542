// SPDX-License-Identifier: Apache-2.0
// Maximum likelihood linear regression (Leggetter and Woodland, 1995): one linear transform per stream that
// moves the means of all Gaussians to where a speaker's sounds are.
#pragma once

#include "speech/asr/models/acoustic_model.hpp"
#include "speech/asr/models/alignment.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace parley::speech {

// A mean and a one.
inline constexpr std::size_t kRegressors = kCepstra + 1;

// The new mean of dimension i of a stream: row i times (old mean, 1).
struct VoiceTransform {
  std::array<std::array<std::array<float, kRegressors>, kCepstra>, kFeatureStreams> rows{};

  bool operator==(const VoiceTransform&) const = default;
  static VoiceTransform identity();
  // As the decoder reads it (SphinxTrain's mllr_matrix), variances unchanged.
  std::string text() const;
};

// What is needed of a speaker's speech to estimate the transform: some 70 KB, whatever its length.
class VoiceStatistics {
 public:
  VoiceStatistics() : rows_(kFeatureStreams * kCepstra) {}

  // What a speaker who sounds just like the model says in `frames` frames.
  static VoiceStatistics of_model(const AcousticModel& model, double frames);

  // Silence is left out. `certainty`, one per word, weighs its frames.
  void add(const AcousticModel& model, std::span<const Feature> frames, std::span<const AlignedFrame> path,
           std::span<const double> certainty);
  void add(const VoiceStatistics& other);
  // Makes all that was heard count for less.
  void fade(double factor);

  double frames() const { return frames_; }

  // With `prior`, frames of the model's own, so that little speech moves little.
  VoiceTransform transform(const VoiceStatistics& prior) const;

 private:
  // Of one dimension: the normal equations, weighted by the precision of the Gaussians.
  struct Row {
    std::array<double, kRegressors * kRegressors> square{};
    std::array<double, kRegressors> target{};
  };
  // Of one Gaussian: how often it was heard, and the sum of what.
  struct Heard {
    double count = 0;
    std::array<double, kCepstra> sum{};
  };
  using Book = std::array<Heard, kDensities>;
  void fold(const AcousticModel& model, std::size_t phone, std::size_t stream, const Book& book);

  std::vector<Row> rows_;
  double frames_ = 0;
};

}  // namespace parley::speech
