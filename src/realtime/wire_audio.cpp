// SPDX-License-Identifier: Apache-2.0
#include "realtime/wire_audio.hpp"

#include "audio/g711.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>

namespace parley::realtime {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

static_assert(std::endian::native == std::endian::little, "samples are copied as they are");

struct Row {
  WireCodec codec;
  std::string_view type;
  std::string_view beta_name;
  int rate;
};
constexpr std::array kRows{
    Row{WireCodec::kPcm16, "audio/pcm", "pcm16", 24000},
    Row{WireCodec::kMuLaw, "audio/pcmu", "g711_ulaw", audio::kG711Rate},
    Row{WireCodec::kALaw, "audio/pcma", "g711_alaw", audio::kG711Rate},
};

const Row& row_of(WireCodec codec) {
  return *std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.codec == codec; });
}

Error bad(std::string message, std::string param) {
  return Error{ErrorCode::kBadRequest, std::move(message), std::move(param)};
}

}  // namespace

int wire_rate(WireCodec codec) { return row_of(codec).rate; }

Result<WireCodec> read_wire_codec(const json::value& format, const std::string& param) {
  if (format.is_string()) {
    for (const Row& row : kRows) {
      if (row.beta_name == std::string_view(format.get_string())) return row.codec;
    }
    return bad("expected pcm16, g711_ulaw or g711_alaw", param);
  }
  const json::value* type = format.is_object() ? format.get_object().if_contains("type") : nullptr;
  if (type == nullptr || !type->is_string()) return bad("expected an object with a type", param);
  const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) {
    return row.type == std::string_view(type->get_string());
  });
  if (found == kRows.end()) return bad("expected audio/pcm, audio/pcmu or audio/pcma", param + ".type");
  const json::value* rate = format.get_object().if_contains("rate");
  if (rate != nullptr && !rate->is_null() && *rate != json::value(found->rate)) {
    return bad("expected " + std::to_string(found->rate), param + ".rate");
  }
  return found->codec;
}

json::value describe_wire_codec(WireCodec codec) {
  const Row& row = row_of(codec);
  json::object format = {{"type", row.type}};
  if (codec == WireCodec::kPcm16) format["rate"] = row.rate;
  return format;
}

Result<> decode_wire(WireCodec codec, std::span<const std::uint8_t> bytes,
                     std::vector<std::int16_t>& samples) {
  if (codec != WireCodec::kPcm16) {
    samples = codec == WireCodec::kMuLaw ? audio::decode_mu_law(bytes) : audio::decode_a_law(bytes);
    return {};
  }
  if (bytes.size() % 2 != 0) return bad("expected 16-bit samples: an even number of bytes", "audio");
  samples.resize(bytes.size() / 2);
  if (!samples.empty()) std::memcpy(samples.data(), bytes.data(), bytes.size());
  return {};
}

std::vector<std::uint8_t> encode_wire(WireCodec codec, std::span<const std::int16_t> samples) {
  if (codec == WireCodec::kMuLaw) return audio::encode_mu_law(samples);
  if (codec == WireCodec::kALaw) return audio::encode_a_law(samples);
  std::vector<std::uint8_t> bytes(samples.size_bytes());
  if (!bytes.empty()) std::memcpy(bytes.data(), samples.data(), bytes.size());
  return bytes;
}

}  // namespace parley::realtime
