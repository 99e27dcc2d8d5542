// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_regression.hpp"

#include <cmath>
#include <utility>

namespace parley::speech {

namespace {

constexpr double kHardlyHeard = 1e-3;
// A mean and a one.
constexpr std::size_t kRegressors = kCepstra + 1;

// Solves square * x = target for a positive definite square (Cholesky). False when it is not.
template <std::size_t N>
bool solve(std::array<double, N * N> square, std::array<double, N>& target) {
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = square[i * N + j];
      for (std::size_t k = 0; k < j; ++k) sum -= square[i * N + k] * square[j * N + k];
      if (i == j) {
        if (!(sum > 0)) return false;
        square[i * N + i] = std::sqrt(sum);
      } else {
        square[i * N + j] = sum / square[j * N + j];
      }
    }
  }
  for (std::size_t i = 0; i < N; ++i) {
    for (std::size_t k = 0; k < i; ++k) target[i] -= square[i * N + k] * target[k];
    target[i] /= square[i * N + i];
  }
  for (std::size_t i = N; i-- > 0;) {
    for (std::size_t k = i + 1; k < N; ++k) target[i] -= square[k * N + i] * target[k];
    target[i] /= square[i * N + i];
  }
  return true;
}

}  // namespace

// Weighted by the precision of the Gaussians.
struct VoiceStatistics::Row {
  std::array<double, kRegressors * kRegressors> square{};
  std::array<double, kRegressors> target{};
};

void VoiceStatistics::add(const AcousticModel& model, std::span<const Feature> frames,
                          std::span<const AlignedFrame> path, std::span<const double> certainty) {
  AcousticModel::Densities densities{};
  for (std::size_t t = 0; t < frames.size(); ++t) {
    const AlignedFrame& now = path[t];
    if (!model.is_speech(now.phone) || certainty[now.word] <= 0) continue;
    model.densities(now.phone, frames[t], densities);
    frames_ += certainty[now.word];
    for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
      const auto weights = model.weights(now.phone, now.state, stream);
      const auto& relative = densities.relative[stream];
      double total = 0;
      for (std::size_t g = 0; g < kDensities; ++g) total += static_cast<double>(weights[g] * relative[g]);
      if (total <= 0) continue;
      Heard* heard = heard_.data() + at(now.phone, stream);
      for (std::size_t g = 0; g < kDensities; ++g) {
        const double share = certainty[now.word] * static_cast<double>(weights[g] * relative[g]) / total;
        if (share < kHardlyHeard) continue;
        const auto part = static_cast<float>(share);
        heard[g].count += part;
        for (std::size_t i = 0; i < kCepstra; ++i) heard[g].sum[i] += part * frames[t][stream][i];
      }
    }
  }
}

void VoiceStatistics::add(const VoiceStatistics& other) {
  for (std::size_t g = 0; g < heard_.size(); ++g) {
    heard_[g].count += other.heard_[g].count;
    for (std::size_t i = 0; i < kCepstra; ++i) heard_[g].sum[i] += other.heard_[g].sum[i];
  }
  frames_ += other.frames_;
}

void VoiceStatistics::scale(double factor) {
  const auto part = static_cast<float>(factor);
  for (Heard& heard : heard_) {
    heard.count *= part;
    for (float& sum : heard.sum) sum *= part;
  }
  frames_ *= factor;
}

std::shared_ptr<AcousticModel> VoiceStatistics::transformed(const AcousticModel& model,
                                                            double prior_frames) const {
  auto result = std::make_shared<AcousticModel>(model);
  double speech = 0;
  for (std::size_t phone = 0; phone < model.phones(); ++phone) speech += model.is_speech(phone) ? 1 : 0;
  const double own = prior_frames / speech / kDensities;
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    std::array<Row, kCepstra> rows{};
    for (std::size_t phone = 0; phone < model.phones(); ++phone) {
      if (model.is_speech(phone)) fold(model, phone, stream, own, rows);
    }
    for (Row& row : rows) {
      if (!solve<kRegressors>(row.square, row.target)) return result;
    }
    for (std::size_t phone = 0; phone < model.phones(); ++phone) {
      if (!model.is_speech(phone)) continue;
      for (std::size_t i = 0; i < kCepstra; ++i) {
        const auto means = result->means(phone, stream, i);
        for (std::size_t g = 0; g < kDensities; ++g) {
          double mean = rows[i].target[kCepstra];
          for (std::size_t k = 0; k < kCepstra; ++k) {
            mean += rows[i].target[k] * static_cast<double>(model.means(phone, stream, k)[g]);
          }
          means[g] = static_cast<float>(mean);
        }
      }
    }
  }
  return result;
}

void VoiceStatistics::fold(const AcousticModel& model, std::size_t phone, std::size_t stream, double own,
                           std::span<Row, kCepstra> rows) const {
  for (std::size_t g = 0; g < kDensities; ++g) {
    const Heard& heard = heard_[at(phone, stream) + g];
    const double count = static_cast<double>(heard.count) + own;
    std::array<double, kRegressors> regressors{};
    regressors[kCepstra] = 1;
    for (std::size_t i = 0; i < kCepstra; ++i) {
      regressors[i] = static_cast<double>(model.means(phone, stream, i)[g]);
    }
    for (std::size_t i = 0; i < kCepstra; ++i) {
      Row& row = rows[i];
      const auto precision = static_cast<double>(model.precisions(phone, stream, i)[g]);
      const double sum = static_cast<double>(heard.sum[i]) + own * regressors[i];
      for (std::size_t a = 0; a < kRegressors; ++a) {
        const double weighted = precision * regressors[a];
        row.target[a] += weighted * sum;
        for (std::size_t b = 0; b <= a; ++b) {
          row.square[a * kRegressors + b] += weighted * count * regressors[b];
        }
      }
    }
  }
}

void VoiceStatistics::pull(AcousticModel& model, double prior_frames) const {
  for (std::size_t phone = 0; phone < model.phones(); ++phone) {
    for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
      for (std::size_t i = 0; i < kCepstra; ++i) {
        const auto means = model.means(phone, stream, i);
        for (std::size_t g = 0; g < kDensities; ++g) {
          const Heard& heard = heard_[at(phone, stream) + g];
          const double mean =
              prior_frames * static_cast<double>(means[g]) + static_cast<double>(heard.sum[i]);
          means[g] = static_cast<float>(mean / (prior_frames + static_cast<double>(heard.count)));
        }
      }
    }
  }
}

}  // namespace parley::speech
