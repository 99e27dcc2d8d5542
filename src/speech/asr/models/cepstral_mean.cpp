// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/cepstral_mean.hpp"

#include <algorithm>

namespace parley::speech {

namespace {
// The model's own start value (feat.params of pocketsphinx-en-us), believed as much as 200 ms of speech.
constexpr Cepstrum kPrior{41.00F, -5.29F, -0.12F, 5.09F,  2.48F,  -4.07F, -1.37F,
                          -1.78F, -5.08F, -2.05F, -6.45F, -1.42F, 1.17F};
constexpr double kPriorFrames = 20;
// Past 8 s the older half fades, so that a long recording may change: the library's own window.
constexpr double kMostFrames = 800;
constexpr double kKeptFrames = 500;
constexpr double kCarriedFrames = 150;
}  // namespace

CepstralMean::CepstralMean() : frames_(kPriorFrames) {
  for (std::size_t i = 0; i < kCepstra; ++i) sum_[i] = kPrior[i] * kPriorFrames;
}

void CepstralMean::add(const Cepstrum& frame) {
  if (frames_ >= kMostFrames) {
    for (double& sum : sum_) sum *= kKeptFrames / frames_;
    frames_ = kKeptFrames;
  }
  for (std::size_t i = 0; i < kCepstra; ++i) sum_[i] += frame[i];
  frames_ += 1;
}

Cepstrum CepstralMean::mean() const {
  Cepstrum mean{};
  for (std::size_t i = 0; i < kCepstra; ++i) mean[i] = static_cast<float>(sum_[i] / frames_);
  return mean;
}

CepstralMean CepstralMean::carried() const {
  CepstralMean result = *this;
  const double share = std::min(1.0, kCarriedFrames / frames_);
  for (double& sum : result.sum_) sum *= share;
  result.frames_ *= share;
  return result;
}

CepstralMean CepstralMean::carried(const Cepstrum& mean) {
  CepstralMean result;
  for (std::size_t i = 0; i < kCepstra; ++i) result.sum_[i] = mean[i] * kCarriedFrames;
  result.frames_ = kCarriedFrames;
  return result;
}

}  // namespace parley::speech
