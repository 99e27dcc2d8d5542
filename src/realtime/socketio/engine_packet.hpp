// SPDX-License-Identifier: Apache-2.0
// Packets of Engine.IO, protocol revision 4 (github.com/socketio/engine.io-protocol), alone as in a WebSocket
// and several in a payload as in polling.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::realtime::socketio {

inline constexpr std::size_t kMaxPayloadBytes = 1'000'000;  // of one request or answer, as clients are told
inline constexpr std::size_t kMaxPayloadPackets = 1024;

enum class EngineType : char {
  kOpen = '0',
  kClose = '1',
  kPing = '2',
  kPong = '3',
  kMessage = '4',
  kUpgrade = '5',
  kNoop = '6'
};

struct EnginePacket {
  EngineType type = EngineType::kMessage;
  std::string data = {};
  bool binary = false;  // a message that is bytes

  bool operator==(const EnginePacket&) const = default;
};

// A text frame. BAD_REQUEST when it is no packet.
runtime::Result<EnginePacket> parse_engine_packet(std::string_view text);
// The body of a request; bytes are Base64 in it. BAD_REQUEST when one of its packets cannot be read or there
// are too many.
runtime::Result<std::vector<EnginePacket>> parse_payload(std::string_view body);

// Not for binary packets, which are frames of their own.
std::string format(const EnginePacket& packet);
// How much a packet takes in a payload.
std::size_t payload_size(const EnginePacket& packet);
std::string format_payload(const std::vector<EnginePacket>& packets);

}  // namespace parley::realtime::socketio
