// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/models/silero_detector.hpp"

#include "speech/vad/noise_floor.hpp"
#include "speech/vad/rise.hpp"
#include "speech/vad/speech_band.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::speech {

namespace {

constexpr std::int64_t kRate = 16000;
// A frame within speech counts while it is this far above the noise and not this far below the loudest
// before.
constexpr double kContinueDb = 5;
constexpr double kUtteranceRangeDb = 33;
constexpr double kFaintestDbfs = -58;
constexpr double kLoudestFallsDbPerFrame = 0.03;
// The start is set back to where the sound rose out of the noise, at most this far.
constexpr std::int64_t kMostBack = kRate / 4;

class SileroDetector final : public VadEngine {
 public:
  SileroDetector(const VadConfig& config, std::shared_ptr<const Silero> network)
      : settings_(config), network_(std::move(network)) {}

  std::optional<VoiceEvent> process(std::span<const std::int16_t, kVadFrameSamples> frame) override {
    const double power = band_.filter(frame).power;
    const double dbfs = to_dbfs(power);
    hear(frame);
    const auto event = speaking_ ? wait_for_end(dbfs) : wait_for_onset(dbfs);
    rise_.update(position_, dbfs, floor_.dbfs());
    floor_.update(power);
    position_ += kVadFrameSamples;
    return event;
  }

  void set_hop(int frames) override { hop_ = frames; }
  bool speaking() const override { return speaking_; }
  std::int64_t silence() const override { return position_ - last_speech_; }
  Stir stirring() const override {
    if (!rise_.loud()) return Stir::kNothing;
    return likely_ > 0 ? Stir::kVoice : Stir::kSound;
  }
  double noise_dbfs() const override { return floor_.dbfs(); }
  std::int64_t position() const override { return position_; }

 private:
  // Evaluates the window that the frame completes, if it does. Until then the one before speaks for the
  // frame.
  void hear(std::span<const std::int16_t, kVadFrameSamples> frame) {
    for (const std::int16_t sample : frame) {
      window_[filled_++] = static_cast<float>(sample) / 32768;
      if (filled_ < window_.size()) continue;
      filled_ = 0;
      if (++judged_ago_ >= hop_) judge();
      const bool speech = probability_ >= settings_.probability;
      likely_ = speech ? likely_ + static_cast<std::int64_t>(window_.size()) : 0;
    }
  }

  void judge() {
    Silero::Step steps[] = {{&state_, window_}};
    network_->evaluate(steps);
    probability_ = steps[0].probability;
    judged_ago_ = 0;
  }

  std::optional<VoiceEvent> wait_for_onset(double dbfs) {
    if (likely_ == 0 || likely_ < settings_.onset.count() * kRate / 1000) return std::nullopt;
    speaking_ = true;
    loudest_ = dbfs;
    const auto next = position_ + kVadFrameSamples;
    last_speech_ = next;
    // Where the windows begin that decided, or where the sound rose if that was earlier.
    const auto decided = next - likely_ - static_cast<std::int64_t>(filled_);
    return VoiceEvent{VoiceEvent::Kind::kStarted,
                      std::max({std::min(rise_.at(), decided), next - kMostBack - likely_, std::int64_t{0}})};
  }

  std::optional<VoiceEvent> wait_for_end(double dbfs) {
    loudest_ = std::max(loudest_ - kLoudestFallsDbPerFrame, dbfs);
    const double faintest =
        std::max({floor_.dbfs() + kContinueDb, loudest_ - kUtteranceRangeDb, kFaintestDbfs});
    const auto next = position_ + kVadFrameSamples;
    if (probability_ >= settings_.probability && dbfs > faintest) last_speech_ = next;
    if (next - last_speech_ < settings_.hangover.count() * kRate / 1000) return std::nullopt;
    speaking_ = false;
    likely_ = 0;
    return VoiceEvent{VoiceEvent::Kind::kStopped, last_speech_};
  }

  const VadConfig settings_;
  const std::shared_ptr<const Silero> network_;
  SileroState state_;
  std::array<float, Silero::kWindow> window_{};
  std::size_t filled_ = 0;
  int hop_ = 1;
  int judged_ago_ = 0;  // windows since the network was asked
  double probability_ = 0;
  std::int64_t likely_ = 0;  // samples of windows in a row that hold speech
  SpeechBand band_;
  NoiseFloor floor_;  // above 250 Hz, as all levels here

  std::int64_t position_ = 0;  // first sample of the frame at work
  bool speaking_ = false;
  Rise rise_;
  double loudest_ = -90;
  std::int64_t last_speech_ = 0;  // the sample after it
};

}  // namespace

std::unique_ptr<VadEngine> make_silero_detector(const VadConfig& config,
                                                std::shared_ptr<const Silero> network) {
  return std::make_unique<SileroDetector>(config, std::move(network));
}

}  // namespace parley::speech
