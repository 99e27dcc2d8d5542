// SPDX-License-Identifier: Apache-2.0
// Cuts a recording into pieces of speech at its pauses.
#pragma once

#include "speech/voice_activity.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace parley::speech {

// A stretch of speech (16 kHz mono), and the sample of the recording at which it begins.
struct SpeechPiece {
  std::int64_t begin = 0;
  std::vector<std::int16_t> samples;
};

// One thread at a time.
class SpeechCutter {
 public:
  explicit SpeechCutter(const VadConfig& config, std::shared_ptr<const Silero> network = nullptr)
      : vad_(config, std::move(network)) {}

  // The pieces that ended with these samples, in order, each with up to 300 ms of what is around it. They end
  // at pauses of 1.2 s, after 15 s at pauses of 600 ms, and speech without any is cut after at most 30 s,
  // where its last seconds are quietest.
  std::vector<SpeechPiece> push(std::span<const std::int16_t> samples);
  // What was not ended yet. Once, at the end.
  std::optional<SpeechPiece> finish();

 private:
  std::optional<SpeechPiece> take_frame();
  SpeechPiece cut_at_quietest();

  VoiceActivityDetector vad_;
  std::vector<std::int16_t> frame_;
  std::deque<std::int16_t> recent_;  // the last samples, for what is before an onset
  std::optional<SpeechPiece> piece_;
  std::optional<std::int64_t> silent_since_;
  std::int64_t position_ = 0;
};

}  // namespace parley::speech
