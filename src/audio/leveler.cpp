// SPDX-License-Identifier: Apache-2.0
#include "audio/leveler.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace parley::audio {
namespace {

constexpr double kLookAheadSeconds = 0.005;
constexpr double kReleaseSeconds = 0.080;
constexpr double kDcHertz = 20;

double to_factor(double db) { return std::pow(10.0, db / 20); }

}  // namespace

Leveler::Leveler(int rate, double gain_db, double ceiling_dbfs)
    : gain_(to_factor(gain_db)),
      ceiling_(32767 * to_factor(std::min(ceiling_dbfs, 0.0))),
      look_ahead_(static_cast<std::size_t>(std::max(std::lround(kLookAheadSeconds * rate), 1L))),
      dc_pole_(std::exp(-2 * std::numbers::pi * kDcHertz / rate)),
      release_(1 - std::exp(-1 / (kReleaseSeconds * rate))),
      averaged_(look_ahead_, 1.0),
      sum_(static_cast<double>(look_ahead_)) {}

void Leveler::process(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out) {
  for (const std::int16_t sample : samples) {
    dc_output_ = sample - dc_input_ + dc_pole_ * dc_output_;
    dc_input_ = sample;
    take(dc_output_ * gain_, out);
  }
}

void Leveler::flush(std::vector<std::int16_t>& out) {
  for (std::size_t i = 1; i < look_ahead_; ++i) take(0, out);
}

// The gain of a sample is the average of the least gains ahead over the samples around it. Each of those saw
// the sample when it looked ahead, so the average is small enough for it, and it has no steps.
void Leveler::take(double sample, std::vector<std::int16_t>& out) {
  waiting_.push_back(sample);
  const double wanted = std::abs(sample) > ceiling_ ? ceiling_ / std::abs(sample) : 1.0;
  while (!smallest_.empty() && smallest_.back().second >= wanted) smallest_.pop_back();
  smallest_.emplace_back(taken_, wanted);
  if (smallest_.front().first <= taken_ - static_cast<std::int64_t>(look_ahead_)) smallest_.pop_front();
  ++taken_;

  held_ = std::min(smallest_.front().second, held_ + (1 - held_) * release_);
  sum_ += held_ - averaged_.front();
  averaged_.pop_front();
  averaged_.push_back(held_);
  if (waiting_.size() < look_ahead_) return;

  const double limited = waiting_.front() * sum_ / static_cast<double>(look_ahead_);
  waiting_.pop_front();
  // What rounding may add stays below the ceiling.
  out.push_back(static_cast<std::int16_t>(std::lround(std::clamp(limited, -ceiling_, ceiling_))));
}

}  // namespace parley::audio
