// SPDX-License-Identifier: Apache-2.0
#include "realtime/audio_path.hpp"

#include <algorithm>
#include <utility>

namespace parley::realtime {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

WireCodec codec_of(const conversation::AudioSettings& settings) {
  if (settings.codec == "pcmu") return WireCodec::kMuLaw;
  return settings.codec == "pcma" ? WireCodec::kALaw : WireCodec::kPcm16;
}

audio::PcmFormat format_of(const conversation::AudioSettings& settings) {
  return {static_cast<int>(settings.sample_rate), 1};
}

std::span<const std::uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string as_text(const std::vector<std::uint8_t>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A third of the packets is a third of what is around them, which is as much as what is in them.
audio::OpusSettings opus_settings(audio::PcmFormat format, conversation::NetworkTier tier) {
  audio::OpusSettings settings{.format = format};
  if (tier == conversation::NetworkTier::kFair) settings.bitrate = 16'000;
  if (tier == conversation::NetworkTier::kPoor) {
    settings.bitrate = 12'000;
    settings.frame = std::chrono::milliseconds(60);
  }
  return settings;
}

}  // namespace

// Base64 makes four bytes of three; packets of Opus are smaller than what is around them.
double sound_bytes(const conversation::AudioSettings& settings) {
  if (settings.codec == "opus") return 8000;
  const double sample_bytes = settings.codec == "pcm16" ? 2 : 1;
  return 1.4 * sample_bytes * static_cast<double>(settings.sample_rate);
}

double sound_bytes(WireCodec codec) { return 1.4 * (codec == WireCodec::kPcm16 ? 2 : 1) * wire_rate(codec); }

Result<> AudioIntake::decode(std::string_view bytes, std::vector<std::int16_t>& samples) {
  if (settings_.codec != "opus") return decode_wire(codec_of(settings_), as_bytes(bytes), samples);
  if (!unpacker_) {
    auto made = audio::OpusUnpacker::create(format_of(settings_));
    if (!made) return made.error();
    unpacker_.emplace(std::move(*made));
  }
  auto unpacked = unpacker_->unpack(as_bytes(bytes));
  if (!unpacked) return unpacked.error();
  samples = std::move(*unpacked);
  return {};
}

// What most clients send, PCM16 at 16 kHz, asks for no memory all day long.
Result<std::span<const std::int16_t>> AudioIntake::take(std::string_view bytes) {
  if (bytes.size() > kMaxAudioBytes) {
    return Error{ErrorCode::kPayloadTooLarge, "a message holds at most 1 MiB of audio", "audio"};
  }
  const auto decoded = decode(bytes, decoded_);
  if (!decoded) return decoded.error();
  if (format_of(settings_) == audio::kSpeechFormat) return std::span<const std::int16_t>(decoded_);
  if (!resampler_) {
    auto made = audio::LiveResampler::create(format_of(settings_), audio::kSpeechFormat.rate);
    if (!made) return made.error();
    resampler_.emplace(std::move(*made));
  }
  resampled_ = resampler_->process(decoded_);
  return std::span<const std::int16_t>(resampled_);
}

void AudioOutlet::begin() {
  from_.reset();
  resampler_.reset();
  packer_.reset();
  unpacked_.clear();
}

Result<> AudioOutlet::put(const audio::Pcm& pcm, const Send& send) {
  if (!from_) {
    from_ = pcm.format;
    if (pcm.format != format_of(settings_)) {
      auto made = audio::LiveResampler::create(pcm.format, static_cast<int>(settings_.sample_rate));
      if (!made) return made.error();
      resampler_.emplace(std::move(*made));
    }
  }
  if (!resampler_) return encode(pcm.samples, false, send);
  return encode(resampler_->process(pcm.samples), false, send);
}

Result<> AudioOutlet::finish(const Send& send) {
  std::vector<std::int16_t> rest;
  if (resampler_) rest = resampler_->flush();
  const auto sent = encode(rest, true, send);
  begin();
  return sent;
}

Result<> AudioOutlet::encode(std::span<const std::int16_t> samples, bool last, const Send& send) {
  if (settings_.codec != "opus") {
    if (!samples.empty()) send(as_text(encode_wire(codec_of(settings_), samples)));
    return {};
  }
  if (!packer_) {
    if (samples.empty()) return {};
    auto made = audio::OpusPacker::create(opus_settings(format_of(settings_), tier_));
    if (!made) return made.error();
    packer_.emplace(std::move(*made));
  }
  unpacked_.insert(unpacked_.end(), samples.begin(), samples.end());
  const std::size_t frame = packer_->frame_samples();
  if (last && !unpacked_.empty()) unpacked_.resize((unpacked_.size() + frame - 1) / frame * frame);
  std::size_t at = 0;
  for (; at + frame <= unpacked_.size(); at += frame) {
    const auto packet = packer_->pack(std::span(unpacked_).subspan(at, frame));
    if (!packet) return packet.error();
    send(as_text(*packet));
  }
  unpacked_.erase(unpacked_.begin(), unpacked_.begin() + static_cast<std::ptrdiff_t>(at));
  return {};
}

}  // namespace parley::realtime
