// SPDX-License-Identifier: Apache-2.0
// Opus (RFC 6716), one packet at a time, as WebRTC and WebSocket clients send it.
#pragma once

#include "audio/pcm.hpp"
#include "runtime/result.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

struct OpusEncoder;
struct OpusDecoder;

namespace parley::audio {

// kRecording keeps two voices in two channels apart, from 40 kbit/s on.
enum class OpusUse : std::uint8_t { kCall, kRecording };

struct OpusSettings {
  OpusUse use = OpusUse::kCall;
  PcmFormat format = {48000, 1};            // 8, 12, 16, 24 or 48 kHz; one or two channels
  std::chrono::microseconds frame{20'000};  // 2.5, 5, 10, 20, 40 or 60 ms
  int bitrate = 24'000;                     // 6,000 to 510,000 bit/s
  int complexity = 5;                       // 0 (fast) to 10
  // With `forward_correction`, a packet also holds its forerunner in a rougher form, in proportion to the
  // losses that are expected.
  bool forward_correction = false;
  int expected_loss_percent = 0;
};

// For speech. One thread at a time; 20 KB of state, 45 KB for two channels.
class OpusPacker {
 public:
  // BAD_REQUEST naming what Opus cannot do.
  static runtime::Result<OpusPacker> create(const OpusSettings& settings);

  // Samples of one frame, all channels.
  std::size_t frame_samples() const {
    return static_cast<std::size_t>(frames_) * static_cast<std::size_t>(channels_);
  }
  // How far what comes out of a decoder is behind what went in, in frames of the settings' rate.
  int lookahead() const;
  // Exactly frame_samples() interleaved samples; BAD_REQUEST for any other number.
  runtime::Result<std::vector<std::uint8_t>> pack(std::span<const std::int16_t> frame);

 private:
  struct Destroy {
    void operator()(::OpusEncoder* encoder) const;
  };
  OpusPacker(std::unique_ptr<::OpusEncoder, Destroy> encoder, int frames, int channels)
      : encoder_(std::move(encoder)), frames_(frames), channels_(channels) {}

  std::unique_ptr<::OpusEncoder, Destroy> encoder_;
  int frames_;  // per channel
  int channels_;
};

// One thread at a time; 20 to 30 KB of state. Packets of other frame sizes, channels and bandwidths than
// `format` are converted by Opus itself.
class OpusUnpacker {
 public:
  static runtime::Result<OpusUnpacker> create(PcmFormat format);

  // The samples of one packet, interleaved, at most 120 ms. BAD_REQUEST for what is not an Opus packet; the
  // unpacker can go on with the next.
  runtime::Result<std::vector<std::int16_t>> unpack(std::span<const std::uint8_t> packet);
  // What a lost packet held: from the correction that the next packet brings, as far as it has any, else
  // continued from what was heard before. Call it once for each lost packet, before unpack(next). `frame` is
  // the length of the packets, a multiple of 2.5 ms up to 120 ms.
  runtime::Result<std::vector<std::int16_t>> recover(std::span<const std::uint8_t> next,
                                                     std::chrono::microseconds frame);
  // The same where no later packet has come yet.
  runtime::Result<std::vector<std::int16_t>> conceal(std::chrono::microseconds frame);

 private:
  struct Destroy {
    void operator()(::OpusDecoder* decoder) const;
  };
  OpusUnpacker(std::unique_ptr<::OpusDecoder, Destroy> decoder, PcmFormat format)
      : decoder_(std::move(decoder)), format_(format) {}
  runtime::Result<std::vector<std::int16_t>> decode(std::span<const std::uint8_t> packet, int frames,
                                                    bool correction);

  std::unique_ptr<::OpusDecoder, Destroy> decoder_;
  PcmFormat format_;
};

}  // namespace parley::audio
