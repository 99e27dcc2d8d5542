// SPDX-License-Identifier: Apache-2.0
// Audio between a client's settings and a session: what comes in becomes 16 kHz, what goes out is made of
// whatever an engine gives. One thread at a time.
#pragma once

#include "audio/opus.hpp"
#include "audio/resampler.hpp"
#include "conversation/network_governor.hpp"
#include "conversation/session_store.hpp"
#include "realtime/wire_audio.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::realtime {

// One message holds at most this: half a minute at 16 kHz. The rest of a longer recording follows in others.
inline constexpr std::size_t kMaxAudioBytes = 1024 * 1024;

// That a second of sound takes on its way, with what is around it.
double sound_bytes(const conversation::AudioSettings& settings);
double sound_bytes(WireCodec codec);

class AudioIntake {
 public:
  explicit AudioIntake(conversation::AudioSettings settings) : settings_(std::move(settings)) {}

  // 16 kHz mono, good until the next call. With the codec opus, `bytes` are one packet. BAD_REQUEST for half
  // a sample or what is no packet, PAYLOAD_TOO_LARGE past kMaxAudioBytes; the next message may be better.
  runtime::Result<std::span<const std::int16_t>> take(std::string_view bytes);

 private:
  runtime::Result<> decode(std::string_view bytes, std::vector<std::int16_t>& samples);

  conversation::AudioSettings settings_;
  std::optional<audio::OpusUnpacker> unpacker_;
  std::optional<audio::LiveResampler> resampler_;
  std::vector<std::int16_t> decoded_;
  std::vector<std::int16_t> resampled_;
};

class AudioOutlet {
 public:
  using Send = std::function<void(std::string bytes)>;  // one message of audio

  // `settings` are valid (session_json.hpp).
  explicit AudioOutlet(conversation::AudioSettings settings) : settings_(std::move(settings)) {}

  // From the next answer on, Opus takes as much as such a network has room for.
  void adapt(conversation::NetworkTier tier) { tier_ = tier; }
  // A new answer: nothing of the last one sounds in it.
  void begin();
  runtime::Result<> put(const audio::Pcm& pcm, const Send& send);
  // What is still on its way, at the end of an answer that was said to its end.
  runtime::Result<> finish(const Send& send);

 private:
  runtime::Result<> encode(std::span<const std::int16_t> samples, bool last, const Send& send);

  conversation::AudioSettings settings_;
  conversation::NetworkTier tier_ = conversation::NetworkTier::kGood;
  std::optional<audio::PcmFormat> from_;
  std::optional<audio::LiveResampler> resampler_;
  std::optional<audio::OpusPacker> packer_;
  std::vector<std::int16_t> unpacked_;  // less than a frame of Opus
};

}  // namespace parley::realtime
