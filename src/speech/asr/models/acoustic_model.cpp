// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/acoustic_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numbers>
#include <utility>

namespace parley::speech {

namespace {

// The library's floor, and the step of its quantised weights: 1024 powers of 1.0001.
constexpr float kLeastVariance = 1e-4F;
constexpr double kWeightStep = 1024 * 9.9995e-5;
constexpr std::size_t kMostBytes = std::size_t{64} << 20;
// How files of parameters tell the order of their bytes.
constexpr std::int32_t kOrder = 0x11223344;
// exp() of less than this is nothing beside 1.
constexpr float kFar = -14;

runtime::Error other_model(const std::filesystem::path& file) {
  return {runtime::ErrorCode::kModelRequired, "this is not the acoustic model expected: " + file.string(),
          "asr.model_dir"};
}

// A binary file in memory, read from front to back; little-endian, as Debian's model is.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) {
    std::error_code error;
    const auto size = std::filesystem::file_size(file, error);
    if (error || size > kMostBytes) return;
    std::ifstream in(file, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
  }

  // Past the end everything is zero.
  std::int32_t number() {
    std::int32_t value = 0;
    if (left() < sizeof value) {
      at_ = bytes_.size();
      return 0;
    }
    std::memcpy(&value, bytes_.data() + at_, sizeof value);
    at_ += sizeof value;
    return value;
  }

  bool skip(std::size_t count) {
    if (left() < count) return false;
    at_ += count;
    return true;
  }

  bool skip_past(std::string_view mark) {
    const auto found = std::string_view(bytes_).find(mark, at_);
    if (found == std::string_view::npos) return false;
    at_ = found + mark.size();
    return true;
  }

  std::string text() {
    const auto end = std::min(bytes_.find('\0', at_), bytes_.size());
    std::string result = bytes_.substr(at_, end - at_);
    at_ = std::min(end + 1, bytes_.size());
    return result;
  }

  std::size_t left() const { return bytes_.size() - at_; }
  const char* here() const { return bytes_.data() + at_; }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

// Means or variances: codebook, stream, Gaussian, dimension.
std::optional<std::vector<float>> read_parameters(const std::filesystem::path& file, std::size_t codebooks) {
  Reader reader(file);
  if (!reader.skip_past("endhdr\n") || reader.number() != kOrder) return std::nullopt;
  if (reader.number() != static_cast<std::int32_t>(codebooks)) return std::nullopt;
  if (reader.number() != static_cast<std::int32_t>(kFeatureStreams)) return std::nullopt;
  if (reader.number() != static_cast<std::int32_t>(kDensities)) return std::nullopt;
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    if (reader.number() != static_cast<std::int32_t>(kCepstra)) return std::nullopt;
  }
  std::vector<float> values(codebooks * kFeatureStreams * kDensities * kCepstra);
  if (reader.number() != static_cast<std::int32_t>(values.size())) return std::nullopt;
  if (reader.left() < values.size() * sizeof(float)) return std::nullopt;
  std::memcpy(values.data(), reader.here(), values.size() * sizeof(float));
  return values;
}

}  // namespace

std::vector<Feature> features_of(std::span<const Cepstrum> cepstra) {
  const auto count = static_cast<std::ptrdiff_t>(cepstra.size());
  const auto at = [&](std::ptrdiff_t i) -> const Cepstrum& {
    return cepstra[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i, 0, count - 1))];
  };
  std::vector<Feature> features(cepstra.size());
  for (std::ptrdiff_t t = 0; t < count; ++t) {
    Feature& feature = features[static_cast<std::size_t>(t)];
    feature[0] = at(t);
    for (std::size_t i = 0; i < kCepstra; ++i) {
      feature[1][i] = at(t + 2)[i] - at(t - 2)[i];
      feature[2][i] = (at(t + 3)[i] - at(t - 1)[i]) - (at(t + 1)[i] - at(t - 3)[i]);
    }
  }
  return features;
}

runtime::Result<std::shared_ptr<const AcousticModel>> AcousticModel::read(
    const std::filesystem::path& folder) {
  std::shared_ptr<AcousticModel> model(new AcousticModel());
  if (const auto phones = model->read_phones(folder / "mdef"); !phones) return phones.error();
  if (const auto gaussians = model->read_gaussians(folder); !gaussians) return gaussians.error();
  if (const auto weights = model->read_weights(folder / "sendump"); !weights) return weights.error();
  return std::shared_ptr<const AcousticModel>(std::move(model));
}

runtime::Result<> AcousticModel::read_phones(const std::filesystem::path& file) {
  constexpr std::int32_t kMark = 0x46444d42;  // "BMDF"
  constexpr std::int32_t kMostPhones = 200;
  Reader reader(file);
  if (reader.number() != kMark) return other_model(file);
  static_cast<void>(reader.number());  // the version
  const auto description = reader.number();
  if (description < 0 || !reader.skip(static_cast<std::size_t>(description))) return other_model(file);
  const auto phones = reader.number();
  static_cast<void>(reader.number());  // phones in context
  const auto states = reader.number();
  const auto own_senones = reader.number();
  const auto senones = reader.number();
  constexpr std::size_t kUnused = 4 * sizeof(std::int32_t);
  if (phones < 1 || phones > kMostPhones || states != static_cast<std::int32_t>(kPhoneStates) ||
      own_senones != phones * states || senones < own_senones || !reader.skip(kUnused)) {
    return other_model(file);
  }
  const auto silence = reader.number();
  if (silence < 0 || silence >= phones) return other_model(file);
  senones_ = static_cast<std::size_t>(senones);
  silence_ = static_cast<std::size_t>(silence);
  for (std::int32_t i = 0; i < phones; ++i) {
    names_.push_back(reader.text());
    if (names_.back().empty()) return other_model(file);
    numbers_[names_.back()] = static_cast<std::size_t>(i);
  }
  return {};
}

runtime::Result<> AcousticModel::read_gaussians(const std::filesystem::path& folder) {
  const auto means = read_parameters(folder / "means", phones());
  if (!means) return other_model(folder / "means");
  const auto variances = read_parameters(folder / "variances", phones());
  if (!variances) return other_model(folder / "variances");
  means_.resize(means->size());
  precisions_.resize(means->size());
  heights_.assign(phones() * kFeatureStreams * kDensities, 0);
  for (std::size_t book = 0; book < phones() * kFeatureStreams; ++book) {
    for (std::size_t g = 0; g < kDensities; ++g) {
      for (std::size_t i = 0; i < kCepstra; ++i) {
        const std::size_t from = (book * kDensities + g) * kCepstra + i;
        const std::size_t to = (book * kCepstra + i) * kDensities + g;
        const float variance = std::max((*variances)[from], kLeastVariance);
        means_[to] = (*means)[from];
        precisions_[to] = 1 / variance;
        heights_[book * kDensities + g] -= 0.5F * std::log(2 * std::numbers::pi_v<float> * variance);
      }
    }
  }
  return {};
}

runtime::Result<> AcousticModel::read_weights(const std::filesystem::path& file) {
  Reader reader(file);
  for (;;) {
    const auto length = reader.number();
    if (length == 0) break;
    if (length < 0 || !reader.skip(static_cast<std::size_t>(length))) return other_model(file);
  }
  const auto rows = reader.number();
  const auto columns = static_cast<std::size_t>(std::max(reader.number(), 0));
  if (rows != static_cast<std::int32_t>(kDensities) || columns != senones_ ||
      reader.left() < kFeatureStreams * kDensities * columns) {
    return other_model(file);
  }
  weights_.resize(phones() * kPhoneStates * kFeatureStreams * kDensities);
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    for (std::size_t g = 0; g < kDensities; ++g) {
      // The senones of phones without context come first.
      const char* row = reader.here() + (stream * kDensities + g) * columns;
      for (std::size_t senone = 0; senone < phones() * kPhoneStates; ++senone) {
        const auto steps = static_cast<unsigned char>(row[senone]);
        weights_[(senone * kFeatureStreams + stream) * kDensities + g] =
            static_cast<float>(std::exp(-kWeightStep * steps));
      }
    }
  }
  return {};
}

std::string AcousticModel::means_file() const {
  std::string file = "s3\nversion 1.0\nendhdr\n";
  const auto number = [&file](std::size_t value) {
    const auto narrow = static_cast<std::int32_t>(value);
    file.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
  };
  number(kOrder);
  for (const std::size_t size : {phones(), kFeatureStreams, kDensities}) number(size);
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) number(kCepstra);
  number(means_.size());
  for (std::size_t phone = 0; phone < phones(); ++phone) {
    for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
      for (std::size_t g = 0; g < kDensities; ++g) {
        for (std::size_t i = 0; i < kCepstra; ++i) {
          const float mean = means(phone, stream, i)[g];
          file.append(reinterpret_cast<const char*>(&mean), sizeof mean);
        }
      }
    }
  }
  return file;
}

std::optional<std::size_t> AcousticModel::phone(std::string_view name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::span<const float, kDensities> AcousticModel::weights(std::size_t phone, std::size_t state,
                                                          std::size_t stream) const {
  const std::size_t row = (phone * kPhoneStates + state) * kFeatureStreams + stream;
  return std::span<const float, kDensities>(weights_.data() + row * kDensities, kDensities);
}

std::span<const float, kDensities> AcousticModel::means(std::size_t phone, std::size_t stream,
                                                        std::size_t dimension) const {
  const std::size_t row = (phone * kFeatureStreams + stream) * kCepstra + dimension;
  return std::span<const float, kDensities>(means_.data() + row * kDensities, kDensities);
}

std::span<float, kDensities> AcousticModel::means(std::size_t phone, std::size_t stream,
                                                  std::size_t dimension) {
  const std::size_t row = (phone * kFeatureStreams + stream) * kCepstra + dimension;
  return std::span<float, kDensities>(means_.data() + row * kDensities, kDensities);
}

std::span<const float, kDensities> AcousticModel::precisions(std::size_t phone, std::size_t stream,
                                                             std::size_t dimension) const {
  const std::size_t row = (phone * kFeatureStreams + stream) * kCepstra + dimension;
  return std::span<const float, kDensities>(precisions_.data() + row * kDensities, kDensities);
}

void AcousticModel::densities(std::size_t phone, const Feature& frame, Densities& out) const {
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    auto& relative = out.relative[stream];
    const float* heights = heights_.data() + (phone * kFeatureStreams + stream) * kDensities;
    std::copy_n(heights, kDensities, relative.begin());
    for (std::size_t i = 0; i < kCepstra; ++i) {
      const auto mean = means(phone, stream, i);
      const auto precision = precisions(phone, stream, i);
      const float value = frame[stream][i];
      for (std::size_t g = 0; g < kDensities; ++g) {
        const float distance = value - mean[g];
        relative[g] -= 0.5F * distance * distance * precision[g];
      }
    }
    const float nearest = *std::max_element(relative.begin(), relative.end());
    for (float& value : relative) {
      const float below = value - nearest;
      value = below < kFar ? 0 : std::exp(below);
    }
    out.nearest[stream] = nearest;
  }
}

float AcousticModel::log_likelihood(std::size_t phone, std::size_t state, const Densities& densities) const {
  constexpr float kLeast = 1e-12F;
  float result = 0;
  for (std::size_t stream = 0; stream < kFeatureStreams; ++stream) {
    const auto weight = weights(phone, state, stream);
    const auto& relative = densities.relative[stream];
    float sum = 0;
    for (std::size_t g = 0; g < kDensities; ++g) sum += weight[g] * relative[g];
    result += densities.nearest[stream] + std::log(std::max(sum, kLeast));
  }
  return result;
}

}  // namespace parley::speech
