// SPDX-License-Identifier: Apache-2.0
#include "audio/echo_canceller.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace parley::audio {

namespace {

// The filter is shown what was before it was made, so that it knows the echo by the time it is asked: as many
// frames as the echo may be later, and some more.
constexpr std::size_t kBefore = 60;
// The more a filter knows of where the echo is, the more it learns from the same sound: with each frame
// another one hears so many of the past ones, until there are so many.
constexpr std::size_t kHeardAgain = 10;
constexpr std::size_t kLearnt = 260;
// Fainter sounds are not taken for speech, by any detector.
constexpr double kHeardDbfs = -55;
constexpr double kPlayedDbfs = -40;
// So many loud frames without any sound heard, and there is no echo: the listener wears headphones, or the
// device cancels it.
constexpr int kAbsentFrames = 45;
// What may be left of an echo: more than the filter thinks, and what no filter foresees (loudspeakers
// distort).
constexpr float kMargin = 6;
constexpr float kDistortion = 0.02F;
constexpr float kResidualFalls = 0.7F;
// The room's noise is the least that is left, which is believed to rise by 1 dB a second.
constexpr float kNoiseRises = 1.003F;
constexpr float kNoiseFalls = 0.1F;
// What has certainly been no echo is followed by the fainter sounds of the same word. A band with less power
// has more of it by chance.
constexpr float kOpens = 2.0F;
constexpr float kHissOpens = 4.0F;
constexpr int kOpenFrames = 30;
constexpr float kNothing = 1e-12F;
constexpr float kAverage = 0.02F;  // half a second

double dbfs(std::span<const std::int16_t, EchoCanceller::kFrame> frame) {
  double sum = 0;
  for (const std::int16_t sample : frame) sum += static_cast<double>(sample) * sample;
  return 10 * std::log10(sum / EchoCanceller::kFrame + 1e-3) - 90.31;
}

EchoFilter::Frame to_float(std::span<const std::int16_t, EchoCanceller::kFrame> frame) {
  EchoFilter::Frame samples{};
  std::ranges::transform(frame, samples.begin(),
                         [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  return samples;
}

std::int16_t to_sample(float value) {
  return static_cast<std::int16_t>(std::lround(std::clamp(value * 32768.0F, -32768.0F, 32767.0F)));
}

}  // namespace

// Decides that there is an echo, or something that may be one.
bool EchoCanceller::worth_it(double played_dbfs, double heard_dbfs) {
  loud_ = heard_dbfs > kHeardDbfs ? loud_ + 1 : 0;
  if (played_dbfs > kPlayedDbfs) ++played_loud_;
  if (loud_ == 2 && played_loud_ > 0) return true;
  absent_ = played_loud_ == kAbsentFrames;
  if (absent_) past_ = {};
  return false;
}

EchoCanceller::Frame EchoCanceller::process(std::span<const std::int16_t, kFrame> played,
                                            std::span<std::int16_t, kFrame> heard) {
  Frame certain{};
  std::ranges::copy(heard, certain.begin());
  if (absent_) return certain;
  const double played_dbfs = dbfs(played);
  if (filter_) {
    if (played_dbfs > kPlayedDbfs) ++played_loud_;
    if (!past_.empty()) remember(played, heard);
    certain = subtract(played, heard);
    if (!past_.empty()) learn_again();
    return certain;
  }
  if (past_.size() == kBefore) past_.pop_front();
  remember(played, heard);
  if (!worth_it(played_dbfs, dbfs(heard))) return certain;
  filter_.emplace();
  for (const Moment& moment : past_) {
    std::ranges::copy(moment.heard, heard.begin());
    certain = subtract(moment.played, heard);
  }
  return certain;
}

void EchoCanceller::remember(std::span<const std::int16_t, kFrame> played,
                             std::span<const std::int16_t, kFrame> heard) {
  Moment& now = past_.emplace_back();
  std::ranges::copy(played, now.played.begin());
  std::ranges::copy(heard, now.heard.begin());
}

void EchoCanceller::learn_again() {
  if (!again_) {
    again_ = filter_->narrowed();
    heard_again_ = 0;
  }
  for (std::size_t n = 0; again_ && n < kHeardAgain && heard_again_ < past_.size(); ++n) {
    const Moment& moment = past_[heard_again_++];
    auto heard = to_float(moment.heard);
    again_->process(to_float(moment.played), heard);
  }
  if (again_ && heard_again_ == past_.size()) filter_ = std::exchange(again_, std::nullopt);
  if (past_.size() >= kLearnt) stop_learning_again();
}

void EchoCanceller::stop_learning_again() {
  past_ = {};
  again_.reset();
}

EchoCanceller::Frame EchoCanceller::subtract(std::span<const std::int16_t, kFrame> played,
                                             std::span<std::int16_t, kFrame> heard) {
  const auto raw = to_float(heard);
  auto samples = raw;
  auto bands = filter_->process(to_float(played), samples);
  // A filter that is far from the truth adds more than it takes away.
  if (bands.voice.left > bands.voice.heard) {
    samples = raw;
    bands.voice.left = bands.voice.heard;
    bands.hiss.left = bands.hiss.heard;
  }
  look_for_echo(bands.voice);
  const float voice = voice_.gain_for(bands.voice);
  const float hiss = hiss_.gain_for(bands.hiss);
  const bool hisses = hiss_.opens(bands.hiss, kHissOpens);
  const float before = std::exchange(gain_, hisses ? std::max(voice, hiss) : voice);
  open_ = hisses || voice_.opens(bands.voice, kOpens) ? kOpenFrames : std::max(open_ - 1, 0);
  Frame certain{};
  for (std::size_t i = 0; i < kFrame; ++i) {
    const float gain = before + (gain_ - before) * static_cast<float>(i) / kFrame;
    certain[i] = to_sample(gain * samples[i]);
    heard[i] = open_ > 0 ? to_sample(samples[i]) : certain[i];
  }
  return certain;
}

float EchoCanceller::Gate::gain_for(const EchoFilter::Powers& powers) {
  const float left = powers.left + kNothing;
  residual_ = std::max(kMargin * powers.uncertain + kDistortion * powers.echo, kResidualFalls * residual_);
  if (noise_ == 0) noise_ = left;
  noise_ = left < noise_ ? noise_ + kNoiseFalls * (left - noise_) : kNoiseRises * noise_;
  return std::sqrt(std::clamp(1 - residual_ / left, std::min(1.0F, noise_ / left), 1.0F));
}

bool EchoCanceller::Gate::opens(const EchoFilter::Powers& powers, float factor) const {
  return powers.left > factor * std::max(residual_, noise_);
}

void EchoCanceller::look_for_echo(const EchoFilter::Powers& powers) {
  if (powers.echo < powers.left / 2) return;
  heard_power_ += kAverage * (powers.heard - heard_power_);
  left_power_ += kAverage * (powers.left - left_power_);
  if (powers.left < powers.heard / 2) ++removed_;
  echo_ = echo_ || left_power_ < heard_power_ / 2;
}

void EchoCanceller::changed() {
  if (!filter_) return;
  stop_learning_again();
  filter_->doubt();
}

void EchoCanceller::rest() {
  if (played_loud_ >= kAbsentFrames && removed_ == 0) echo_ = false;
  played_loud_ = removed_ = 0;
  if (!filter_) return;
  stop_learning_again();
  filter_->rest();
}

}  // namespace parley::audio
