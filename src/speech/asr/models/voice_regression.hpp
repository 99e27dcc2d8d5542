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
#include <utility>
#include <vector>

namespace parley::speech {

// What was heard of each Gaussian: 1 MB.
class VoiceStatistics {
 public:
  // How often, and the sum of what.
  struct Heard {
    float count = 0;
    std::array<float, kCepstra> sum{};
  };

  explicit VoiceStatistics(std::size_t phones) : heard_(phones * kFeatureStreams * kDensities) {}
  explicit VoiceStatistics(const AcousticModel& model) : VoiceStatistics(model.phones()) {}
  // What gaussians() and frames() of another gave.
  VoiceStatistics(std::vector<Heard> heard, double frames) : heard_(std::move(heard)), frames_(frames) {}

  // By the Gaussians of `model`, one of those that of() or moved() gave. Silence is left out. `certainty`,
  // one per word, weighs its frames.
  void add(const AcousticModel& model, std::span<const Feature> frames, std::span<const AlignedFrame> path,
           std::span<const double> certainty);

  // What was heard by the same Gaussians at another time.
  void add(const VoiceStatistics& other);
  void scale(double factor);

  double frames() const { return frames_; }
  std::span<const Heard> gaussians() const { return heard_; }  // phone, stream, Gaussian

  // `model`, whose means all move by one transform per stream to where this was heard; the model's own sounds
  // weigh as much as `prior_frames`.
  std::shared_ptr<AcousticModel> transformed(const AcousticModel& model, double prior_frames) const;
  // Moves each mean by itself; where it was weighs as much as `prior_frames` of that Gaussian.
  void pull(AcousticModel& model, double prior_frames) const;

 private:
  // The normal equations of one dimension.
  struct Row;
  void fold(const AcousticModel& model, std::size_t phone, std::size_t stream, double own,
            std::span<Row, kCepstra> rows) const;
  std::size_t at(std::size_t phone, std::size_t stream) const {
    return (phone * kFeatureStreams + stream) * kDensities;
  }

  std::vector<Heard> heard_;
  double frames_ = 0;
};

}  // namespace parley::speech
