// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/noise_floor.hpp"
#include "speech/vad/speech_band.hpp"
#include "speech/vad/voicing.hpp"
#include "speech/voice_activity.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <new>

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
// An onset must hold frames with a pitch: noises that start suddenly have none.
constexpr double kPeriodic = 0.72;
constexpr int kVoicedFrames = 3;
// The start is set back to where the sound rose out of the noise, at most this far.
constexpr std::int64_t kMostBackMs = 250;
constexpr double kRiseDb = 3;

struct VadDeleter {
  void operator()(void* handle) const { WebRtcVad_Free(handle); }
};

double to_dbfs(double sum, std::size_t samples) {
  return 10 * std::log10(sum / static_cast<double>(samples) + 1e-3) - 90.31;
}

}  // namespace

struct VoiceActivityDetector::State {
  explicit State(const VadConfig& config) : settings(config), gmm(WebRtcVad_Create()) {
    if (!gmm) throw std::bad_alloc();
    WebRtcVad_Init(gmm.get());
    WebRtcVad_set_mode(gmm.get(), static_cast<int>(config.mode));
  }

  std::optional<VoiceEvent> process(std::span<const std::int16_t, kVadFrameSamples> frame);
  std::optional<VoiceEvent> wait_for_onset(bool likely, double dbfs);
  std::optional<VoiceEvent> wait_for_end(bool likely, double dbfs);
  void follow_rise(double dbfs);

  VadConfig settings;
  std::unique_ptr<void, VadDeleter> gmm;
  SpeechBand band;
  Voicing voicing;
  NoiseFloor floor;       // above 250 Hz: decides about speech that goes on
  NoiseFloor band_floor;  // 250 Hz to 2 kHz, where voices are and most noises are not: decides about onsets

  std::int64_t position = 0;  // first sample of the frame at work
  bool speaking = false;
  int score = 0;   // onset: speech frames less others, not below 0
  int voiced = 0;  // of them with a pitch
  std::int64_t rose_at = 0;
  int below = 0;
  double loudest = -90;
  std::int64_t last_speech = 0;  // the sample after it
};

// Keeps where the present sound rose out of the noise; dips of up to 30 ms belong to it.
void VoiceActivityDetector::State::follow_rise(double dbfs) {
  if (dbfs > floor.dbfs() + kRiseDb) {
    if (below > 3) rose_at = position;
    below = 0;
  } else {
    ++below;
  }
}

std::optional<VoiceEvent> VoiceActivityDetector::State::wait_for_onset(bool likely, double dbfs) {
  const bool loud = dbfs > band_floor.dbfs() + settings.above_noise_db && dbfs > kFaintestOnsetDbfs;
  if (!likely || !loud) {
    score = std::max(0, score - 1);
    if (score == 0) voiced = 0;
    return std::nullopt;
  }
  ++score;
  if (voicing.periodicity() > kPeriodic) ++voiced;
  if (score * kFrameMs < settings.onset.count() || voiced < kVoicedFrames) return std::nullopt;
  speaking = true;
  score = voiced = 0;
  loudest = dbfs;
  last_speech = position + kVadFrameSamples;
  const auto earliest = position - kMostBackMs * kRate / 1000;
  return VoiceEvent{VoiceEvent::Kind::kStarted, std::max({rose_at, earliest, std::int64_t{0}})};
}

std::optional<VoiceEvent> VoiceActivityDetector::State::wait_for_end(bool likely, double dbfs) {
  loudest = std::max(loudest - kLoudestFallsDbPerFrame, dbfs);
  const double faintest = std::max(
      {floor.dbfs() + kContinueShare * settings.above_noise_db, loudest - kUtteranceRangeDb, kFaintestDbfs});
  const auto next = position + kVadFrameSamples;
  const bool plain = dbfs > floor.dbfs() + kPlainDb;
  if ((likely || plain) && dbfs > faintest) last_speech = next;
  if (next - last_speech < settings.hangover.count() * kRate / 1000) return std::nullopt;
  speaking = false;
  return VoiceEvent{VoiceEvent::Kind::kStopped, last_speech};
}

std::optional<VoiceEvent> VoiceActivityDetector::State::process(
    std::span<const std::int16_t, kVadFrameSamples> frame) {
  const auto filtered = band.filter(frame);
  const double dbfs = to_dbfs(filtered.energy, kVadFrameSamples);
  const double band_dbfs = to_dbfs(filtered.low_energy, filtered.low.size());
  voicing.push(filtered.low);
  const bool likely = WebRtcVad_Process(gmm.get(), kRate, frame.data(), frame.size()) == 1;
  const auto event = speaking ? wait_for_end(likely, dbfs) : wait_for_onset(likely, band_dbfs);
  follow_rise(dbfs);
  floor.update(dbfs);
  band_floor.update(band_dbfs);
  position += kVadFrameSamples;
  return event;
}

VoiceActivityDetector::VoiceActivityDetector(const VadConfig& config)
    : state_(std::make_unique<State>(config)) {}
VoiceActivityDetector::~VoiceActivityDetector() = default;
VoiceActivityDetector::VoiceActivityDetector(VoiceActivityDetector&&) noexcept = default;
VoiceActivityDetector& VoiceActivityDetector::operator=(VoiceActivityDetector&&) noexcept = default;

std::optional<VoiceEvent> VoiceActivityDetector::process(
    std::span<const std::int16_t, kVadFrameSamples> frame) {
  return state_->process(frame);
}

bool VoiceActivityDetector::speaking() const { return state_->speaking; }
double VoiceActivityDetector::noise_dbfs() const { return state_->floor.dbfs(); }
std::int64_t VoiceActivityDetector::position() const { return state_->position; }

}  // namespace parley::speech
