// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/engine_packet.hpp"

#include "realtime/base64.hpp"

#include <algorithm>
#include <utility>

namespace parley::realtime::socketio {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr char kSeparator = '\x1e';
constexpr char kBase64 = 'b';

}  // namespace

Result<EnginePacket> parse_engine_packet(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '6') {
    return Error{ErrorCode::kBadRequest, "there is no such packet"};
  }
  return EnginePacket{static_cast<EngineType>(text[0]), std::string(text.substr(1)), false};
}

Result<std::vector<EnginePacket>> parse_payload(std::string_view body) {
  std::vector<EnginePacket> packets;
  for (;;) {
    if (packets.size() == kMaxPayloadPackets) {
      return Error{ErrorCode::kBadRequest, "there are too many packets in one payload"};
    }
    const auto end = std::min(body.find(kSeparator), body.size());
    const auto piece = body.substr(0, end);
    if (piece.starts_with(kBase64)) {
      const auto bytes = decode_base64(piece.substr(1));
      if (!bytes) return bytes.error();
      packets.push_back({EngineType::kMessage, std::string(bytes->begin(), bytes->end()), true});
    } else {
      auto packet = parse_engine_packet(piece);
      if (!packet) return packet.error();
      packets.push_back(std::move(*packet));
    }
    if (end == body.size()) return packets;
    body.remove_prefix(end + 1);
  }
}

std::string format(const EnginePacket& packet) { return static_cast<char>(packet.type) + packet.data; }

std::size_t payload_size(const EnginePacket& packet) {
  return 2 + (packet.binary ? (packet.data.size() + 2) / 3 * 4 : packet.data.size());
}

std::string format_payload(const std::vector<EnginePacket>& packets) {
  std::string body;
  for (const EnginePacket& packet : packets) {
    if (!body.empty()) body += kSeparator;
    if (!packet.binary) {
      body += format(packet);
      continue;
    }
    body += kBase64;
    body += encode_base64({reinterpret_cast<const std::uint8_t*>(packet.data.data()), packet.data.size()});
  }
  return body;
}

}  // namespace parley::realtime::socketio
