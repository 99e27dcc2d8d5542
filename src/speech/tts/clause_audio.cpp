// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/clause_audio.hpp"

#include <algorithm>
#include <cstdlib>

namespace parley::speech {
namespace {

constexpr std::int64_t kMillisecond = audio::kSpeechFormat.rate / 1000;

constexpr int kSilence = 200;  // -44 dBFS: above the engines' noise
// Kept before the first sound: a breathy beginning ("how", "who") rises through the noise for that long.
constexpr std::int64_t kLeadIn = 30 * kMillisecond;
constexpr std::int64_t kFadeIn = 5 * kMillisecond;
constexpr std::int64_t kFadeOut = 10 * kMillisecond;
constexpr std::int64_t kDecay = 60 * kMillisecond;  // how long a last sound may ring after its end
// How far the first sound may lie from where the engine says: a stop consonant begins with silence, and a
// click long before the speech is none of it.
constexpr std::int64_t kEarliest = 60 * kMillisecond;
constexpr std::int64_t kLatest = 90 * kMillisecond;

}  // namespace

ClauseTrimmer::ClauseTrimmer(SpeechBounds bounds, std::int64_t pause)
    : bounds_(bounds), pause_(pause), cut_(std::max(bounds.end, bounds.begin) + std::min(kDecay, pause)) {}

void ClauseTrimmer::push(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out) {
  const std::int64_t first = taken_;
  const auto wanted = std::clamp<std::int64_t>(cut_ - first, 0, static_cast<std::int64_t>(samples.size()));
  taken_ += static_cast<std::int64_t>(samples.size());
  samples = samples.first(static_cast<std::size_t>(wanted));
  if (started_) return play(samples, out);

  const auto heard =
      std::find_if(samples.begin(), samples.end(), [&, at = first](std::int16_t sample) mutable {
        const std::int64_t position = at++;
        if (position < bounds_.begin - kEarliest) return false;
        return std::abs(int{sample}) > kSilence || position >= bounds_.begin + kLatest;
      });
  before_.insert(before_.end(), samples.begin(), heard);
  const auto surplus = static_cast<std::int64_t>(before_.size()) - kLeadIn;
  if (surplus > 0) before_.erase(before_.begin(), before_.begin() + surplus);
  if (heard == samples.end()) return;

  started_ = true;
  lead_ = first + (heard - samples.begin()) - static_cast<std::int64_t>(before_.size());
  const auto fade = std::min<std::size_t>(before_.size(), kFadeIn);
  for (std::size_t i = 0; i < fade; ++i) {
    before_[i] = static_cast<std::int16_t>(before_[i] * static_cast<int>(i) / static_cast<int>(fade));
  }
  play(before_, out);
  play(samples.subspan(static_cast<std::size_t>(heard - samples.begin())), out);
}

void ClauseTrimmer::play(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out) {
  for (const std::int16_t sample : samples) {
    const std::int64_t left = cut_ - (lead_ + played_++);
    const bool fading = left < kFadeOut;
    out.push_back(fading ? static_cast<std::int16_t>(sample * left / kFadeOut) : sample);
  }
}

void ClauseTrimmer::finish(std::vector<std::int16_t>& out) {
  // An engine that ends early, as some do, leaves a longer pause to fill.
  const std::int64_t silence = bounds_.end + pause_ - std::max(lead_ + played_, bounds_.end);
  if (started_ && silence > 0) out.insert(out.end(), static_cast<std::size_t>(silence), 0);
}

std::int64_t ClauseTrimmer::output_position(std::int64_t position) const {
  return std::clamp<std::int64_t>(position - lead_, 0, std::max<std::int64_t>(bounds_.end - lead_, 0));
}

}  // namespace parley::speech
