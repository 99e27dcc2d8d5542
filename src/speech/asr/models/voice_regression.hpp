// SPDX-License-Identifier: Apache-2.0
// Where the sounds of a speaker are. All Gaussians move together by maximum likelihood linear regression, one
// transform per stream (Leggetter and Woodland, 1995), then each by itself as far as it was heard, by maximum
// a posteriori estimation (Gauvain and Lee, 1994).
#pragma once

#include "speech/asr/models/acoustic_model.hpp"
#include "speech/asr/models/alignment.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace parley::speech {

// What was heard of each Gaussian: 2 MB.
class VoiceStatistics {
 public:
  explicit VoiceStatistics(const AcousticModel& model)
      : heard_(model.phones() * kFeatureStreams * kDensities) {}

  // By the Gaussians of `model`, one of those that of() or moved() gave. Silence is left out. `certainty`,
  // one per word, weighs its frames.
  void add(const AcousticModel& model, std::span<const Feature> frames, std::span<const AlignedFrame> path,
           std::span<const double> certainty);

  double frames() const { return frames_; }

  // `model`, whose means all move by one transform per stream to where this was heard; the model's own sounds
  // weigh as much as `prior_frames`.
  std::shared_ptr<AcousticModel> transformed(const AcousticModel& model, double prior_frames) const;
  // Moves each mean by itself; where it was weighs as much as `prior_frames` of that Gaussian.
  void pull(AcousticModel& model, double prior_frames) const;

 private:
  // How often, and the sum of what.
  struct Heard {
    double count = 0;
    std::array<double, kCepstra> sum{};
  };
  // The normal equations of one dimension.
  struct Row;
  void fold(const AcousticModel& model, std::size_t phone, std::size_t stream, double own,
            std::span<Row, kCepstra> rows) const;
  std::size_t at(std::size_t phone, std::size_t stream) const {
    return (phone * kFeatureStreams + stream) * kDensities;
  }

  std::vector<Heard> heard_;  // phone, stream, Gaussian
  double frames_ = 0;
};

}  // namespace parley::speech
