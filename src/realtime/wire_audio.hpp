// SPDX-License-Identifier: Apache-2.0
// The audio formats of the OpenAI Realtime protocol: PCM16 at 24 kHz and the two G.711 codes at 8 kHz, mono.
#pragma once

#include "runtime/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

namespace parley::realtime {

enum class WireCodec : std::uint8_t { kPcm16, kMuLaw, kALaw };

// What a session takes and gives.
struct WireFormats {
  WireCodec input = WireCodec::kPcm16;
  WireCodec output = WireCodec::kPcm16;

  bool operator==(const WireFormats&) const = default;
};

int wire_rate(WireCodec codec);

// {"type": "audio/pcm", "rate": 24000}, {"type": "audio/pcmu"} or {"type": "audio/pcma"}; also the names of
// the beta protocol, "pcm16", "g711_ulaw" and "g711_alaw". BAD_REQUEST with what was expected.
runtime::Result<WireCodec> read_wire_codec(const boost::json::value& format, const std::string& param);
boost::json::value describe_wire_codec(WireCodec codec);

// Replaces `samples`. BAD_REQUEST, with param "audio", for half a sample.
runtime::Result<> decode_wire(WireCodec codec, std::span<const std::uint8_t> bytes,
                              std::vector<std::int16_t>& samples);
std::vector<std::uint8_t> encode_wire(WireCodec codec, std::span<const std::int16_t> samples);

}  // namespace parley::realtime
