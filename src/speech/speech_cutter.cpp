// SPDX-License-Identifier: Apache-2.0
#include "speech/speech_cutter.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace parley::speech {

namespace {

constexpr std::int64_t kSamplesPerMs = 16;
constexpr std::int64_t kPadding = 300 * kSamplesPerMs;  // kept on either side of speech
// Between sentences. A recogniser hears a word better with what is said around it, so a shorter pause ends a
// piece only once it is long.
constexpr std::int64_t kPause = 1'200 * kSamplesPerMs;
constexpr std::int64_t kShortPause = 600 * kSamplesPerMs;
constexpr std::int64_t kLong = 15'000 * kSamplesPerMs;
constexpr std::int64_t kLongest = 30'000 * kSamplesPerMs;  // a piece that never pauses is cut before here
constexpr std::int64_t kSearched = 8'000 * kSamplesPerMs;  // from here back for a quiet place to cut
constexpr std::int64_t kQuiet = 100 * kSamplesPerMs;       // as long as it has to be

}  // namespace

std::vector<SpeechPiece> SpeechCutter::push(std::span<const std::int16_t> samples) {
  std::vector<SpeechPiece> ended;
  for (const std::int16_t sample : samples) {
    frame_.push_back(sample);
    if (frame_.size() < kVadFrameSamples) continue;
    auto piece = take_frame();
    frame_.clear();
    if (piece) ended.push_back(std::move(*piece));
  }
  return ended;
}

std::optional<SpeechPiece> SpeechCutter::finish() {
  if (piece_) piece_->samples.insert(piece_->samples.end(), frame_.begin(), frame_.end());
  return std::exchange(piece_, std::nullopt);
}

std::optional<SpeechPiece> SpeechCutter::take_frame() {
  const auto event =
      vad_.process(std::span<const std::int16_t, kVadFrameSamples>(frame_.data(), kVadFrameSamples));
  recent_.insert(recent_.end(), frame_.begin(), frame_.end());
  position_ += kVadFrameSamples;
  if (piece_) piece_->samples.insert(piece_->samples.end(), frame_.begin(), frame_.end());
  if (event && event->kind == VoiceEvent::Kind::kStarted) {
    silent_since_.reset();
    if (!piece_) {
      const std::int64_t oldest = position_ - static_cast<std::int64_t>(recent_.size());
      const std::int64_t begin = std::max(oldest, event->at - kPadding);
      piece_ = SpeechPiece{begin, {recent_.begin() + (begin - oldest), recent_.end()}};
    }
  } else if (event) {
    silent_since_ = event->at;
  }
  while (static_cast<std::int64_t>(recent_.size()) > 3 * kPadding) recent_.pop_front();
  if (!piece_) return std::nullopt;
  const auto length = static_cast<std::int64_t>(piece_->samples.size());
  const std::int64_t enough = length >= kLong ? kShortPause : kPause;
  if (silent_since_ && position_ - *silent_since_ >= enough) return std::exchange(piece_, std::nullopt);
  if (length >= kLongest) return cut_at_quietest();
  return std::nullopt;
}

// Speech that goes on opens its next piece in the middle of the quiet where this one ends.
SpeechPiece SpeechCutter::cut_at_quietest() {
  const auto& samples = piece_->samples;
  const auto size = static_cast<std::int64_t>(samples.size());
  std::int64_t best = size;
  double least = std::numeric_limits<double>::max();
  for (std::int64_t at = size - kSearched; at + kQuiet <= size; at += kQuiet / 4) {
    double energy = 0;
    for (std::int64_t i = at; i < at + kQuiet; ++i) {
      const double value = samples[static_cast<std::size_t>(i)];
      energy += value * value;
    }
    if (energy < least) {
      least = energy;
      best = at + kQuiet / 2;
    }
  }
  SpeechPiece rest{piece_->begin + best, {samples.begin() + best, samples.end()}};
  piece_->samples.resize(static_cast<std::size_t>(best));
  return std::exchange(*piece_, std::move(rest));
}

}  // namespace parley::speech
