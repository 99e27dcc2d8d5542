// SPDX-License-Identifier: Apache-2.0
// Packets of Socket.IO, protocol revision 5 (github.com/socketio/socket.io-protocol): read with limits, and
// written.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace parley::realtime::socketio {

inline constexpr std::size_t kMaxPacketBytes = 2 * 1024 * 1024;  // of the text
inline constexpr std::size_t kMaxAttachments = 8;
inline constexpr std::size_t kMaxAttachedBytes = 2 * 1024 * 1024;  // together

enum class PacketType : std::uint8_t {
  kConnect,
  kDisconnect,
  kEvent,
  kAck,
  kConnectError,
  kBinaryEvent,
  kBinaryAck
};

struct Packet {
  PacketType type = PacketType::kEvent;
  std::string space = "/";  // namespace
  std::optional<std::uint64_t> id = std::nullopt;
  boost::json::value data = nullptr;          // null: none
  std::vector<std::string> attachments = {};  // in place of placeholders in `data`
};

// Takes the pieces of packets as they arrive: a text, then its attachments.
class PacketReader {
 public:
  // A packet once it is whole. BAD_REQUEST or PAYLOAD_TOO_LARGE for what a client may not send: a packet that
  // is malformed, an event without a name or with one that is reserved, a packet inside another's
  // attachments, attachments without one. The connection is of no use after it.
  runtime::Result<std::optional<Packet>> text(std::string_view text);
  runtime::Result<std::optional<Packet>> binary(std::string bytes);

 private:
  std::optional<Packet> unfinished_;
  std::size_t expected_ = 0;
  std::size_t attached_bytes_ = 0;
};

// The text of a packet; its attachments follow it as binary messages.
std::string format(const Packet& packet);

// {"_placeholder": true, "num": index}
boost::json::value placeholder(std::size_t index);
// The attachment that a value of `packet` stands for; null when it stands for none.
const std::string* attachment(const Packet& packet, const boost::json::value& value);

}  // namespace parley::realtime::socketio
