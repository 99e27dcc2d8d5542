// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/engine.hpp"
#include "speech/vad/models/silero_detector.hpp"
#include "speech/vad/noise_floor.hpp"
#include "speech/vad/rise.hpp"
#include "speech/vad/speech_band.hpp"
#include "speech/vad/voicing.hpp"
#include "speech/voice_activity.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

// The detector inside Debian's libwebrtc-audio-processing 0.3 is exported, its header is not installed
// (webrtc/common_audio/vad/include/webrtc_vad.h).
extern "C" {
void* WebRtcVad_Create();
int WebRtcVad_Init(void* handle);
int WebRtcVad_set_mode(void* handle, int mode);
int WebRtcVad_Process(void* handle, int rate, const std::int16_t* audio, std::size_t samples);
void WebRtcVad_Free(void* handle);
}

namespace parley::speech {

namespace {

constexpr int kFrameMs = 10;
constexpr int kRate = kVadFrameSamples * 100;

// Nothing below this begins or continues speech, however quiet the room. Quiet recordings have vowels at -37
// dBFS in the band; room noise 20 dB under normal speech stays below -46.
constexpr double kFaintestOnsetDbfs = -47;
constexpr double kFaintestDbfs = -58;
// Speech that goes on may sink to this share of the margin that its onset needed...
constexpr double kContinueShare = 0.55;
// ... is believed without the Gaussian model this far above the noise (weak consonants, breathy ends) ...
constexpr double kPlainDb = 12;
// ... and this far below the loudest of the last seconds of the utterance.
constexpr double kUtteranceRangeDb = 33;
constexpr double kLoudestFallsDbPerFrame = 0.03;
// While nothing is loud enough to be the beginning of speech, the model has only to follow the noise, and
// hears every other frame.
constexpr int kQuietHop = 2;
// An onset must hold frames with a pitch: noises that start suddenly have none.
constexpr double kPeriodic = 0.72;
constexpr int kVoicedFrames = 3;
// The start is set back to where the sound rose out of the noise, at most this far.
constexpr std::int64_t kMostBackMs = 250;

struct VadDeleter {
  void operator()(void* handle) const { WebRtcVad_Free(handle); }
};

// The embedded detector: WebRTC's Gaussian model, levels over the noise, and a pitch for an onset.
class GaussianDetector final : public VadEngine {
 public:
  explicit GaussianDetector(const VadConfig& config) : settings_(config), gmm_(WebRtcVad_Create()) {
    if (!gmm_) throw std::bad_alloc();
    WebRtcVad_Init(gmm_.get());
    WebRtcVad_set_mode(gmm_.get(), static_cast<int>(config.mode));
  }

  std::optional<VoiceEvent> process(std::span<const std::int16_t, kVadFrameSamples> frame) override;
  void set_hop(int frames) override { hop_ = frames; }
  bool speaking() const override { return speaking_; }
  std::int64_t silence() const override { return position_ - last_speech_; }
  Stir stirring() const override {
    if (!rise_.loud()) return Stir::kNothing;
    return speaking_ || voiced_ > 0 ? Stir::kVoice : Stir::kSound;
  }
  double noise_dbfs() const override { return floor_.dbfs(); }
  std::int64_t position() const override { return position_; }

 private:
  std::optional<VoiceEvent> wait_for_onset(bool likely, double dbfs);
  std::optional<VoiceEvent> wait_for_end(bool likely, double dbfs);

  VadConfig settings_;
  std::unique_ptr<void, VadDeleter> gmm_;
  SpeechBand band_;
  Voicing voicing_;
  NoiseFloor floor_;       // above 250 Hz: decides about speech that goes on
  NoiseFloor band_floor_;  // 250 Hz to 2 kHz, where voices are and most noises are not: decides about onsets

  int hop_ = 1;
  int judged_ago_ = 0;  // frames since the model was asked
  bool likely_ = false;
  std::int64_t position_ = 0;  // first sample of the frame at work
  bool speaking_ = false;
  int score_ = 0;   // onset: speech frames less others, not below 0
  int voiced_ = 0;  // of them with a pitch
  Rise rise_;
  double loudest_ = -90;
  std::int64_t last_speech_ = 0;  // the sample after it
};

std::optional<VoiceEvent> GaussianDetector::wait_for_onset(bool likely, double dbfs) {
  if (!likely) {
    score_ = std::max(0, score_ - 1);
    if (score_ == 0) voiced_ = 0;
    return std::nullopt;
  }
  ++score_;
  if (voicing_.periodicity() > kPeriodic) ++voiced_;
  if (score_ * kFrameMs < settings_.onset.count() || voiced_ < kVoicedFrames) return std::nullopt;
  speaking_ = true;
  score_ = voiced_ = 0;
  loudest_ = dbfs;
  last_speech_ = position_ + kVadFrameSamples;
  const auto earliest = position_ - kMostBackMs * kRate / 1000;
  return VoiceEvent{VoiceEvent::Kind::kStarted, std::max({rise_.at(), earliest, std::int64_t{0}})};
}

std::optional<VoiceEvent> GaussianDetector::wait_for_end(bool likely, double dbfs) {
  loudest_ = std::max(loudest_ - kLoudestFallsDbPerFrame, dbfs);
  const double faintest = std::max({floor_.dbfs() + kContinueShare * settings_.above_noise_db,
                                    loudest_ - kUtteranceRangeDb, kFaintestDbfs});
  const auto next = position_ + kVadFrameSamples;
  const bool plain = dbfs > floor_.dbfs() + kPlainDb;
  if ((likely || plain) && dbfs > faintest) last_speech_ = next;
  if (next - last_speech_ < settings_.hangover.count() * kRate / 1000) return std::nullopt;
  speaking_ = false;
  return VoiceEvent{VoiceEvent::Kind::kStopped, last_speech_};
}

std::optional<VoiceEvent> GaussianDetector::process(std::span<const std::int16_t, kVadFrameSamples> frame) {
  const auto filtered = band_.filter(frame);
  const double dbfs = to_dbfs(filtered.power);
  const double band_dbfs = to_dbfs(filtered.low_power);
  voicing_.push(filtered.low);
  const bool loud =
      band_dbfs > band_floor_.dbfs() + settings_.above_noise_db && band_dbfs > kFaintestOnsetDbfs;
  if (++judged_ago_ >= (speaking_ || loud ? hop_ : std::max(hop_, kQuietHop))) {
    likely_ = WebRtcVad_Process(gmm_.get(), kRate, frame.data(), frame.size()) == 1;
    judged_ago_ = 0;
  }
  const auto event = speaking_ ? wait_for_end(likely_, dbfs) : wait_for_onset(likely_ && loud, band_dbfs);
  rise_.update(position_, dbfs, floor_.dbfs());
  floor_.update(filtered.power);
  band_floor_.update(filtered.low_power);
  position_ += kVadFrameSamples;
  return event;
}

std::unique_ptr<VadEngine> make_engine(const VadConfig& config, std::shared_ptr<const Silero> network) {
  if (network) return make_silero_detector(config, std::move(network));
  return std::make_unique<GaussianDetector>(config);
}

}  // namespace

VoiceActivityDetector::VoiceActivityDetector(const VadConfig& config, std::shared_ptr<const Silero> network)
    : engine_(make_engine(config, std::move(network))) {}
VoiceActivityDetector::~VoiceActivityDetector() = default;
VoiceActivityDetector::VoiceActivityDetector(VoiceActivityDetector&&) noexcept = default;
VoiceActivityDetector& VoiceActivityDetector::operator=(VoiceActivityDetector&&) noexcept = default;

std::optional<VoiceEvent> VoiceActivityDetector::process(
    std::span<const std::int16_t, kVadFrameSamples> frame) {
  return engine_->process(frame);
}

void VoiceActivityDetector::set_hop(int frames) { engine_->set_hop(frames); }
bool VoiceActivityDetector::speaking() const { return engine_->speaking(); }
std::int64_t VoiceActivityDetector::silence() const { return engine_->silence(); }
Stir VoiceActivityDetector::stirring() const { return engine_->stirring(); }
double VoiceActivityDetector::noise_dbfs() const { return engine_->noise_dbfs(); }
std::int64_t VoiceActivityDetector::position() const { return engine_->position(); }

}  // namespace parley::speech
