// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/voice_loudness.hpp"

#include "audio/loudness.hpp"

namespace parley::speech {

namespace {

constexpr double kMeasuredSeconds = 1.5;

}  // namespace

double VoiceLoudness::measure(const std::string& voice, const std::vector<std::int16_t>& samples, int rate) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = measured_.find(voice);
    if (known != measured_.end()) return known->second;
  }
  if (static_cast<double>(samples.size()) < kMeasuredSeconds * rate) return usual_;
  const double loudness = audio::integrated_lufs({{rate, 1}, samples});
  if (loudness <= audio::kSilenceLufs) return usual_;
  const std::lock_guard lock(mutex_);
  return measured_.emplace(voice, loudness).first->second;
}

}  // namespace parley::speech
