// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_profile.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace parley::speech {

namespace {

static_assert(std::endian::native == std::endian::little);

using runtime::Error;
using runtime::ErrorCode;

constexpr std::string_view kMark = "parley voice\n";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kModelDigits = 64;
constexpr double kMostFrames = 60'000;
// What was heard of a Gaussian less than this moves nothing, and is not kept.
constexpr float kWorthKeeping = 0.02F;
// No feature of speech is as far from the mean, and no logarithm of a posterior as far from none.
constexpr double kFarthest = 1000;
// For what rounding adds to a sum.
constexpr double kNearly = 1.01;

template <class T>
void put(std::string& out, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  // Past the end everything is zero, and `failed`.
  template <class T>
  T take() {
    T value{};
    if (left_.size() < sizeof value) {
      failed_ = true;
      left_ = {};
    } else {
      std::memcpy(&value, left_.data(), sizeof value);
      left_.remove_prefix(sizeof value);
    }
    return value;
  }
  // A number of at most this size; another fails.
  template <class T>
  T take(double most) {
    const T value = take<T>();
    // Written so that what is no number fails too.
    if (!(std::abs(static_cast<double>(value)) <= most)) failed_ = true;
    return value;
  }
  std::string_view text(std::size_t size) {
    const std::string_view taken = left_.substr(0, size);
    failed_ = failed_ || taken.size() < size;
    left_.remove_prefix(taken.size());
    return taken;
  }
  bool failed() const { return failed_; }
  bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
  bool failed_ = false;
};

Error damaged() { return {ErrorCode::kBadRequest, "the speaker profile is damaged"}; }

}  // namespace

void WarpFit::add(const WarpFit& other) {
  for (std::size_t i = 0; i < log_posterior.size(); ++i) log_posterior[i] += other.log_posterior[i];
  frames += other.frames;
}

void WarpFit::scale(double factor) {
  for (double& sum : log_posterior) sum *= factor;
  frames *= factor;
}

void VoiceProfile::add(const VoiceProfile& newer) {
  WarpFit both = fit;
  both.add(newer.fit);
  if (newer.warp == warp) {
    heard.add(newer.heard);
  } else if (newer.heard.frames() > heard.frames()) {
    warp = newer.warp;
    heard = newer.heard;
  }
  fit = both;
  if (newer.channel) channel = newer.channel;
  if (fit.frames > kMostFrames) fit.scale(kMostFrames / fit.frames);
  if (heard.frames() > kMostFrames) heard.scale(kMostFrames / heard.frames());
}

std::string write_profile(const VoiceProfile& profile, std::string_view model) {
  std::string out(kMark);
  put(out, kVersion);
  out.append(model.substr(0, kModelDigits)).resize(kMark.size() + sizeof kVersion + kModelDigits, ' ');
  put(out, static_cast<std::uint32_t>(profile.warp));
  for (const double sum : profile.fit.log_posterior) put(out, sum);
  put(out, profile.fit.frames);
  put(out, static_cast<std::uint32_t>(profile.channel ? 1 : 0));
  for (const float value : profile.channel.value_or(Cepstrum{})) put(out, value);
  put(out, profile.heard.frames());
  const auto gaussians = profile.heard.gaussians();
  for (std::size_t i = 0; i < gaussians.size(); ++i) {
    if (gaussians[i].count < kWorthKeeping) continue;
    put(out, static_cast<std::uint32_t>(i));
    put(out, gaussians[i].count);
    for (const float sum : gaussians[i].sum) put(out, sum);
  }
  return out;
}

runtime::Result<VoiceProfile> read_profile(std::string_view bytes, std::size_t phones,
                                           std::string_view model) {
  if (bytes.size() > kMostProfileBytes) return damaged();
  Reader reader(bytes);
  if (reader.text(kMark.size()) != kMark) return damaged();
  if (reader.take<std::uint32_t>() != kVersion || reader.text(kModelDigits) != model) {
    if (reader.failed()) return damaged();
    return Error{ErrorCode::kConflict, "the speaker profile is of another acoustic model"};
  }
  VoiceProfile profile(phones);
  profile.warp = reader.take<std::uint32_t>();
  if (profile.warp >= kVoiceWarps.size()) return damaged();
  for (double& sum : profile.fit.log_posterior) sum = reader.take<double>();
  profile.fit.frames = reader.take<double>(kMostFrames * kNearly);
  for (const double sum : profile.fit.log_posterior) {
    // Written so that what is no number fails too.
    if (!(std::abs(sum) <= profile.fit.frames * kFarthest * kNearly)) return damaged();
  }
  const bool has_channel = reader.take<std::uint32_t>() == 1;
  Cepstrum channel{};
  for (float& value : channel) value = reader.take<float>(kFarthest);
  if (has_channel) profile.channel = channel;
  const auto frames = reader.take<double>(kMostFrames * kNearly);
  if (reader.failed() || profile.fit.frames < 0 || frames < 0) return damaged();
  std::vector<VoiceStatistics::Heard> heard(profile.heard.gaussians().size());
  // In order, each once.
  for (std::size_t next = 0; !reader.at_end();) {
    const std::size_t index = reader.take<std::uint32_t>();
    if (index < next || index >= heard.size()) return damaged();
    next = index + 1;
    VoiceStatistics::Heard& each = heard[index];
    each.count = reader.take<float>(frames * kNearly);
    for (float& sum : each.sum) sum = reader.take<float>(static_cast<double>(each.count) * kFarthest);
    if (reader.failed() || each.count <= 0) return damaged();
  }
  profile.heard = VoiceStatistics(std::move(heard), frames);
  return profile;
}

}  // namespace parley::speech
