// SPDX-License-Identifier: Apache-2.0
#include "speech/vad/noise_floor.hpp"
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

// Nothing below this is taken for speech, however quiet the room.
constexpr double kFaintestDbfs = -58;
// Speech that goes on may sink to this share of the margin that its onset needed...
constexpr double kContinueShare = 0.55;
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

double frame_dbfs(const std::array<float, kVadFrameSamples>& samples) {
  float sum = 0;
  for (const float sample : samples) sum += sample * sample;
  return 10 * std::log10(static_cast<double>(sum) / kVadFrameSamples + 1e-3) - 90.31;
}

}  // namespace

struct VoiceActivityDetector::State {
  explicit State(const VadConfig& config) : settings(config), gmm(WebRtcVad_Create()) {
    if (!gmm) throw std::bad_alloc();
    WebRtcVad_Init(gmm.get());
    WebRtcVad_set_mode(gmm.get(), static_cast<int>(config.mode));
  }

  std::optional<VoiceEvent> process(std::span<const std::int16_t, kVadFrameSamples> frame);
  double level(std::span<const std::int16_t, kVadFrameSamples> frame);
  std::optional<VoiceEvent> wait_for_onset(bool likely, double dbfs);
  std::optional<VoiceEvent> wait_for_end(bool likely, double dbfs);
  void follow_rise(double dbfs);

  VadConfig settings;
  std::unique_ptr<void, VadDeleter> gmm;
  NoiseFloor floor;
  Voicing voicing;
  float last_input = 0;  // high-pass filter
  float last_output = 0;

  std::int64_t position = 0;  // first sample of the frame at work
  bool speaking = false;
  int score = 0;   // onset: speech frames less others, not below 0
  int voiced = 0;  // of them with a pitch
  std::int64_t rose_at = 0;
  int below = 0;
  double loudest = -90;
  std::int64_t last_speech = 0;  // the sample after it
};

// The level without what lies below speech (hum, rumble, offset): one pole at about 100 Hz.
double VoiceActivityDetector::State::level(std::span<const std::int16_t, kVadFrameSamples> frame) {
  std::array<float, kVadFrameSamples> filtered;
  for (std::size_t i = 0; i < filtered.size(); ++i) {
    const auto input = static_cast<float>(frame[i]);
    last_output = 0.962F * (last_output + input - last_input);
    last_input = input;
    filtered[i] = last_output;
  }
  return frame_dbfs(filtered);
}

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
  const bool loud = dbfs > floor.dbfs() + settings.above_noise_db && dbfs > kFaintestDbfs;
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
  if (likely && dbfs > faintest) last_speech = next;
  if (next - last_speech < settings.hangover.count() * kRate / 1000) return std::nullopt;
  speaking = false;
  return VoiceEvent{VoiceEvent::Kind::kStopped, last_speech};
}

std::optional<VoiceEvent> VoiceActivityDetector::State::process(
    std::span<const std::int16_t, kVadFrameSamples> frame) {
  const double dbfs = level(frame);
  voicing.push(frame);
  const bool likely = WebRtcVad_Process(gmm.get(), kRate, frame.data(), frame.size()) == 1;
  const auto event = speaking ? wait_for_end(likely, dbfs) : wait_for_onset(likely, dbfs);
  follow_rise(dbfs);
  floor.update(dbfs);
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
