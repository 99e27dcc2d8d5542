// SPDX-License-Identifier: Apache-2.0
#include "audio/opus.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include <opus/opus.h>

namespace parley::audio {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using std::chrono::microseconds;

namespace {

constexpr microseconds kLongestPacket{120'000};
constexpr std::size_t kMaxPacketBytes =
    3 * 1276;  // 60 ms of three frames, the most that RFC 6716 allows them

Error bad(const char* why, const char* param) { return {ErrorCode::kBadRequest, why, param}; }

std::optional<Error> refuse(PcmFormat format) {
  constexpr std::array kRates{8000, 12000, 16000, 24000, 48000};
  if (std::find(kRates.begin(), kRates.end(), format.rate) == kRates.end()) {
    return bad("Opus has rates of 8, 12, 16, 24 and 48 kHz", "rate");
  }
  if (format.channels < 1 || format.channels > 2) return bad("Opus takes one or two channels", "channels");
  return std::nullopt;
}

std::optional<Error> refuse(const OpusSettings& settings) {
  constexpr std::array<microseconds::rep, 6> kFrames{2'500, 5'000, 10'000, 20'000, 40'000, 60'000};
  if (const auto refused = refuse(settings.format)) return refused;
  if (std::find(kFrames.begin(), kFrames.end(), settings.frame.count()) == kFrames.end()) {
    return bad("Opus has frames of 2.5, 5, 10, 20, 40 and 60 ms", "frame");
  }
  if (settings.bitrate < 6'000 || settings.bitrate > 510'000) {
    return bad("Opus has 6,000 to 510,000 bits a second", "bitrate");
  }
  if (settings.complexity < 0 || settings.complexity > 10) return bad("expected 0 to 10", "complexity");
  if (settings.expected_loss_percent < 0 || settings.expected_loss_percent > 100) {
    return bad("expected 0 to 100", "expected_loss_percent");
  }
  return std::nullopt;
}

int frames_in(microseconds duration, int rate) {
  return static_cast<int>(duration.count() * rate / 1'000'000);
}

}  // namespace

void OpusPacker::Destroy::operator()(::OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }
void OpusUnpacker::Destroy::operator()(::OpusDecoder* decoder) const { opus_decoder_destroy(decoder); }

Result<OpusPacker> OpusPacker::create(const OpusSettings& settings) {
  if (const auto refused = refuse(settings)) return *refused;
  int status = OPUS_OK;
  // What is made for speech alone mixes two channels and lets one voice leak into the other's.
  const bool call = settings.use == OpusUse::kCall;
  std::unique_ptr<::OpusEncoder, Destroy> encoder(
      opus_encoder_create(settings.format.rate, settings.format.channels,
                          call ? OPUS_APPLICATION_VOIP : OPUS_APPLICATION_AUDIO, &status));
  if (status != OPUS_OK) return Error{ErrorCode::kInternalError, "the Opus encoder could not be made"};
  for (const int set :
       {opus_encoder_ctl(encoder.get(), OPUS_SET_BITRATE(settings.bitrate)),
        opus_encoder_ctl(encoder.get(), OPUS_SET_COMPLEXITY(settings.complexity)),
        opus_encoder_ctl(encoder.get(), OPUS_SET_SIGNAL(call ? OPUS_SIGNAL_VOICE : OPUS_SIGNAL_MUSIC)),
        opus_encoder_ctl(encoder.get(), OPUS_SET_INBAND_FEC(settings.forward_correction ? 1 : 0)),
        opus_encoder_ctl(encoder.get(), OPUS_SET_PACKET_LOSS_PERC(settings.expected_loss_percent))}) {
    if (set != OPUS_OK) return Error{ErrorCode::kInternalError, "the Opus encoder refused a setting"};
  }
  return OpusPacker(std::move(encoder), frames_in(settings.frame, settings.format.rate),
                    settings.format.channels);
}

int OpusPacker::lookahead() const {
  opus_int32 frames = 0;
  opus_encoder_ctl(encoder_.get(), OPUS_GET_LOOKAHEAD(&frames));
  return frames;
}

Result<std::vector<std::uint8_t>> OpusPacker::pack(std::span<const std::int16_t> frame) {
  if (frame.size() != frame_samples()) return bad("the samples do not make one frame", "frame");
  std::vector<std::uint8_t> packet(kMaxPacketBytes);
  const auto size = opus_encode(encoder_.get(), frame.data(), frames_, packet.data(),
                                static_cast<opus_int32>(packet.size()));
  if (size < 0) return Error{ErrorCode::kInternalError, "the frame could not be encoded"};
  packet.resize(static_cast<std::size_t>(size));
  return packet;
}

Result<OpusUnpacker> OpusUnpacker::create(PcmFormat format) {
  if (const auto refused = refuse(format)) return *refused;
  int status = OPUS_OK;
  std::unique_ptr<::OpusDecoder, Destroy> decoder(opus_decoder_create(format.rate, format.channels, &status));
  if (status != OPUS_OK) return Error{ErrorCode::kInternalError, "the Opus decoder could not be made"};
  return OpusUnpacker(std::move(decoder), format);
}

Result<std::vector<std::int16_t>> OpusUnpacker::unpack(std::span<const std::uint8_t> packet) {
  // Opus takes an empty packet for a lost one.
  if (packet.empty()) return bad("an Opus packet is empty", "packet");
  return decode(packet, frames_in(kLongestPacket, format_.rate), false);
}

Result<std::vector<std::int16_t>> OpusUnpacker::recover(std::span<const std::uint8_t> next,
                                                        microseconds frame) {
  if (next.empty()) return bad("an Opus packet is empty", "packet");
  return decode(next, frames_in(frame, format_.rate), true);
}

Result<std::vector<std::int16_t>> OpusUnpacker::conceal(microseconds frame) {
  return decode({}, frames_in(frame, format_.rate), false);
}

Result<std::vector<std::int16_t>> OpusUnpacker::decode(std::span<const std::uint8_t> packet, int frames,
                                                       bool correction) {
  const int unit = frames_in(microseconds(2'500), format_.rate);
  if (frames <= 0 || frames % unit != 0 || frames > frames_in(kLongestPacket, format_.rate)) {
    return bad("a packet lasts a multiple of 2.5 ms, at most 120 ms", "frame");
  }
  if (packet.size() > static_cast<std::size_t>(std::numeric_limits<opus_int32>::max())) {
    return bad("an Opus packet is too large", "packet");
  }
  std::vector<std::int16_t> samples(static_cast<std::size_t>(frames) *
                                    static_cast<std::size_t>(format_.channels));
  const int decoded =
      opus_decode(decoder_.get(), packet.empty() ? nullptr : packet.data(),
                  static_cast<opus_int32>(packet.size()), samples.data(), frames, correction ? 1 : 0);
  if (decoded < 0) return bad("this is not an Opus packet", "packet");
  samples.resize(static_cast<std::size_t>(decoded) * static_cast<std::size_t>(format_.channels));
  return samples;
}

}  // namespace parley::audio
