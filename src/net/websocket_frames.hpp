// SPDX-License-Identifier: Apache-2.0
// The frames of WebSocket (RFC 6455, 5): what a client sends becomes messages, what it is sent becomes
// frames. Pure: bytes in, values out. Inside net only.
#pragma once

#include "net/websocket.hpp"
#include "runtime/error.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace parley::net {

enum class WebSocketOpcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10
};

struct WebSocketPing {
  std::string payload;
};
struct WebSocketPong {};
struct WebSocketClosed {
  std::uint16_t code;  // kCloseNoCode when the client gave none
};
// What the client may not send. Nothing can be read behind it.
struct WebSocketFault {
  runtime::Error error;
  CloseCode code;
};
using WebSocketInput =
    std::variant<WebSocketMessage, WebSocketPing, WebSocketPong, WebSocketClosed, WebSocketFault>;

// Reads the frames of a client, cut anywhere. Holds no more than the message under way: of what a frame
// promises, memory is taken as it comes.
class WebSocketReader {
 public:
  // `largest`: bytes of a message, whatever its fragments; more is a fault with PAYLOAD_TOO_LARGE.
  explicit WebSocketReader(std::size_t largest) : largest_(largest) {}

  // The next that `bytes` complete, which lose what was read of them; nothing once they are used up.
  std::optional<WebSocketInput> next(std::string_view& bytes);

 private:
  std::optional<WebSocketFault> read_head(std::string_view& bytes);
  std::optional<WebSocketFault> check_start();
  std::optional<WebSocketFault> take_length();
  void take_payload(std::string_view& bytes);
  std::optional<WebSocketInput> finish_frame();
  WebSocketInput finish_message();
  WebSocketInput finish_close() const;

  bool is_control() const { return static_cast<std::uint8_t>(opcode_) >= 8; }

  const std::size_t largest_;

  std::array<std::uint8_t, 14> head_{};  // of the frame under way
  std::size_t head_size_ = 0;            // read of it
  std::size_t head_wanted_ = 2;          // known to belong to it
  WebSocketOpcode opcode_ = WebSocketOpcode::kContinuation;
  bool final_ = false;
  std::uint64_t unread_ = 0;            // of the frame's payload
  std::array<std::uint8_t, 4> mask_{};  // turned so that it begins at the next byte

  std::string control_;  // the payload of a control frame
  std::string message_;  // its fragments so far
  bool in_message_ = false;
  bool text_ = false;
};

// A whole frame as a server sends it, put behind `out`.
void append_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload);

// The payload of a close frame, with as many whole characters of `reason` as there is room for.
std::string close_payload(std::uint16_t code, std::string_view reason);

// Sec-WebSocket-Accept for a Sec-WebSocket-Key (RFC 6455, 4.2.2).
std::string accept_key(std::string_view key);

}  // namespace parley::net
