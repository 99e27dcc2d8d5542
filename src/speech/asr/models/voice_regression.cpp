// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_regression.hpp"

#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace parley::speech {

namespace {

constexpr double kHardlyHeard = 1e-3;

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

VoiceTransform VoiceTransform::identity() {
  VoiceTransform result;
  for (auto& stream : result.rows) {
    for (std::size_t i = 0; i < kCepstra; ++i) stream[i][i] = 1;
  }
  return result;
}

std::string VoiceTransform::text() const {
  std::string text = fmt::format("1\n{}\n", kFeatureStreams);
  const auto out = std::back_inserter(text);
  for (const auto& stream : rows) {
    fmt::format_to(out, "{}\n", kCepstra);
    for (const auto& row : stream) {
      for (std::size_t i = 0; i < kCepstra; ++i) fmt::format_to(out, "{:.6f} ", row[i]);
      fmt::format_to(out, "\n");
    }
    for (const auto& row : stream) fmt::format_to(out, "{:.6f} ", row[kCepstra]);
    fmt::format_to(out, "\n");
    for (std::size_t i = 0; i < kCepstra; ++i) fmt::format_to(out, "1 ");
    fmt::format_to(out, "\n");
  }
  return text;
}

void VoiceStatistics::fold(const AcousticModel& model, std::size_t phone, std::size_t stream,
                           const Book& book) {
  for (std::size_t g = 0; g < kDensities; ++g) {
    const Heard& heard = book[g];
    if (heard.count < kHardlyHeard) continue;
    std::array<double, kRegressors> regressors{};
    regressors[kCepstra] = 1;
    for (std::size_t i = 0; i < kCepstra; ++i) regressors[i] = model.means(phone, stream, i)[g];
    for (std::size_t i = 0; i < kCepstra; ++i) {
      Row& row = rows_[stream * kCepstra + i];
      const double precision = model.precisions(phone, stream, i)[g];
      for (std::size_t a = 0; a < kRegressors; ++a) {
        const double weighted = precision * regressors[a];
        row.target[a] += weighted * heard.sum[i];
        for (std::size_t b = 0; b <= a; ++b) {
          row.square[a * kRegressors + b] += weighted * heard.count * regressors[b];
        }
      }
    }
  }
}

VoiceStatistics VoiceStatistics::of_model(const AcousticModel& model, double frames) {
  VoiceStatistics result;
  double speech = 0;
  for (std::size_t phone = 0; phone < model.phones(); ++phone) speech += model.is_speech(phone) ? 1 : 0;
  const double count = frames / speech / kDensities;
  for (std::size_t phone = 0; phone < model.phones(); ++phone) {
    if (!model.is_speech(phone)) continue;
    for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
      Book book;
      for (std::size_t g = 0; g < kDensities; ++g) {
        book[g].count = count;
        for (std::size_t i = 0; i < kCepstra; ++i) {
          book[g].sum[i] = count * static_cast<double>(model.means(phone, stream, i)[g]);
        }
      }
      result.fold(model, phone, stream, book);
    }
  }
  result.frames_ = frames;
  return result;
}

void VoiceStatistics::add(const AcousticModel& model, std::span<const Feature> frames,
                          std::span<const AlignedFrame> path, std::span<const double> certainty) {
  std::map<std::size_t, std::array<Book, kFeatureStreams>> books;
  AcousticModel::Densities densities{};
  for (std::size_t t = 0; t < frames.size(); ++t) {
    const AlignedFrame& at = path[t];
    if (!model.is_speech(at.phone) || certainty[at.word] <= 0) continue;
    auto& heard = books[at.phone];
    model.densities(at.phone, frames[t], densities);
    frames_ += certainty[at.word];
    for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
      const auto weights = model.weights(at.phone, at.state, stream);
      double total = 0;
      for (std::size_t g = 0; g < kDensities; ++g) {
        total += static_cast<double>(weights[g] * densities.relative[stream][g]);
      }
      if (total <= 0) continue;
      for (std::size_t g = 0; g < kDensities; ++g) {
        const double share =
            certainty[at.word] * static_cast<double>(weights[g] * densities.relative[stream][g]) / total;
        if (share < kHardlyHeard) continue;
        Heard& gaussian = heard[stream][g];
        gaussian.count += share;
        for (std::size_t i = 0; i < kCepstra; ++i) {
          gaussian.sum[i] += share * static_cast<double>(frames[t][stream][i]);
        }
      }
    }
  }
  for (const auto& [phone, streams] : books) {
    for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
      fold(model, phone, stream, streams[stream]);
    }
  }
}

void VoiceStatistics::add(const VoiceStatistics& other) {
  frames_ += other.frames_;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    for (std::size_t k = 0; k < rows_[i].square.size(); ++k) rows_[i].square[k] += other.rows_[i].square[k];
    for (std::size_t k = 0; k < kRegressors; ++k) rows_[i].target[k] += other.rows_[i].target[k];
  }
}

void VoiceStatistics::fade(double factor) {
  frames_ *= factor;
  for (Row& row : rows_) {
    for (double& value : row.square) value *= factor;
    for (double& value : row.target) value *= factor;
  }
}

VoiceTransform VoiceStatistics::transform(const VoiceStatistics& prior) const {
  VoiceTransform result = VoiceTransform::identity();
  VoiceStatistics both = prior;
  both.add(*this);
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    for (std::size_t i = 0; i < kCepstra; ++i) {
      Row& row = both.rows_[stream * kCepstra + i];
      if (!solve<kRegressors>(row.square, row.target)) continue;
      for (std::size_t k = 0; k < kRegressors; ++k) {
        result.rows[stream][i][k] = static_cast<float>(row.target[k]);
      }
    }
  }
  return result;
}

}  // namespace parley::speech
