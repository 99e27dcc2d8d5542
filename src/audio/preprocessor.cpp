// SPDX-License-Identifier: Apache-2.0
#include "audio/preprocessor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

#include <webrtc/modules/audio_processing/include/audio_processing.h>

namespace parley::audio {

namespace {

using webrtc::NoiseSuppression;

constexpr std::pair<std::string_view, NoiseSuppression::Level> kLevels[] = {
    {"low", NoiseSuppression::kLow},
    {"moderate", NoiseSuppression::kModerate},
    {"high", NoiseSuppression::kHigh},
    {"very_high", NoiseSuppression::kVeryHigh},
};

std::optional<NoiseSuppression::Level> level_named(std::string_view name) {
  for (const auto& [key, level] : kLevels) {
    if (key == name) return level;
  }
  return std::nullopt;
}

}  // namespace

void PreprocessConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind("audio.high_pass", high_pass, "take rumble below 100 Hz out of what is heard");
  spec.bind("audio.noise_suppression", noise_suppression,
            "suppress noise in what is heard: off, low, moderate, high or very_high");
  spec.bind("audio.gain_control", gain_control, "amplify quiet voices before they are recognised");
}

runtime::Result<> PreprocessConfig::validate() const {
  if (noise_suppression == "off" || level_named(noise_suppression)) return {};
  return runtime::Error{runtime::ErrorCode::kBadRequest, "expected off, low, moderate, high or very_high",
                        "audio.noise_suppression"};
}

struct Preprocessor::State {
  std::unique_ptr<webrtc::AudioProcessing> processing{webrtc::AudioProcessing::Create()};
};

Preprocessor::Preprocessor(const PreprocessConfig& config) : state_(std::make_unique<State>()) {
  if (!state_->processing) throw std::bad_alloc();
  webrtc::AudioProcessing& processing = *state_->processing;
  const auto level = level_named(config.noise_suppression);
  processing.high_pass_filter()->Enable(config.high_pass);
  processing.noise_suppression()->Enable(level.has_value());
  if (level) processing.noise_suppression()->set_level(*level);
  processing.gain_control()->Enable(config.gain_control);
  // The mode for devices whose own level cannot be set.
  processing.gain_control()->set_mode(webrtc::GainControl::kAdaptiveDigital);
}

Preprocessor::~Preprocessor() = default;
Preprocessor::Preprocessor(Preprocessor&&) noexcept = default;
Preprocessor& Preprocessor::operator=(Preprocessor&&) noexcept = default;

void Preprocessor::process(std::span<std::int16_t, kFrame> frame) {
  std::array<float, kFrame> samples{};
  std::transform(frame.begin(), frame.end(), samples.begin(),
                 [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
  float* channel = samples.data();
  const webrtc::StreamConfig format(16000, 1);
  // It fails only for frames of another length; the sound then stays as it was.
  if (state_->processing->ProcessStream(&channel, format, format, &channel) != 0) return;
  std::transform(samples.begin(), samples.end(), frame.begin(), [](float sample) {
    return static_cast<std::int16_t>(std::lround(std::clamp(sample * 32768.0F, -32768.0F, 32767.0F)));
  });
}

}  // namespace parley::audio
