// SPDX-License-Identifier: Apache-2.0
// The acoustic model that the decoder uses, read once more for learning about a voice: the Gaussians of each
// phone, and how its three states weigh them (CMU Sphinx: means, variances, mdef, sendump; phonetically tied
// mixtures with a stream each for cepstra, their slope and its slope).
#pragma once

#include "runtime/result.hpp"
#include "speech/asr/models/cepstral_mean.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::speech {

inline constexpr std::size_t kFeatureStreams = 3;
inline constexpr std::size_t kDensities = 128;
inline constexpr std::size_t kPhoneStates = 3;

using Feature = std::array<Cepstrum, kFeatureStreams>;

// Slopes added to cepstra of which the mean has been taken off, as the decoder does it ("1s_c_d_dd").
std::vector<Feature> features_of(std::span<const Cepstrum> cepstra);

// Any thread while it is const.
class AcousticModel {
 public:
  // MODEL_REQUIRED when `folder` lacks it or holds another kind.
  static runtime::Result<std::shared_ptr<const AcousticModel>> read(const std::filesystem::path& folder);

  // The means as the decoder reads them from a file.
  std::string means_file() const;

  std::size_t phones() const { return names_.size(); }
  std::optional<std::size_t> phone(std::string_view name) const;
  std::size_t silence() const { return silence_; }
  bool is_speech(std::size_t phone) const { return names_[phone].front() != '+' && phone != silence_; }

  // How near each Gaussian of a phone is to a frame: densities over that of the nearest one, whose logarithm
  // is `nearest`.
  struct Densities {
    std::array<std::array<float, kDensities>, kFeatureStreams> relative;
    std::array<float, kFeatureStreams> nearest;
  };
  void densities(std::size_t phone, const Feature& frame, Densities& out) const;
  // Natural logarithm of the likelihood of one state of the phone.
  float log_likelihood(std::size_t phone, std::size_t state, const Densities& densities) const;

  std::span<const float, kDensities> weights(std::size_t phone, std::size_t state, std::size_t stream) const;
  // By dimension: one value per Gaussian. A copy may have its means moved.
  std::span<const float, kDensities> means(std::size_t phone, std::size_t stream,
                                           std::size_t dimension) const;
  std::span<float, kDensities> means(std::size_t phone, std::size_t stream, std::size_t dimension);
  std::span<const float, kDensities> precisions(std::size_t phone, std::size_t stream,
                                                std::size_t dimension) const;

 private:
  AcousticModel() = default;
  runtime::Result<> read_phones(const std::filesystem::path& file);
  runtime::Result<> read_gaussians(const std::filesystem::path& folder);
  runtime::Result<> read_weights(const std::filesystem::path& file);

  std::vector<std::string> names_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
  std::size_t silence_ = 0;
  std::size_t senones_ = 0;
  std::vector<float> means_;       // phone, stream, dimension, Gaussian
  std::vector<float> precisions_;  // the same: 1 / variance
  std::vector<float> heights_;     // phone, stream, Gaussian: the logarithm of the density at the mean
  std::vector<float> weights_;     // phone, state, stream, Gaussian
};

}  // namespace parley::speech
