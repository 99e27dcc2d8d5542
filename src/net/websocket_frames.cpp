// SPDX-License-Identifier: Apache-2.0
#include "net/websocket_frames.hpp"

#include "net/target.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <openssl/evp.h>

namespace parley::net {
namespace {

using runtime::ErrorCode;

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kMostControl = 125;
constexpr std::uint8_t kTwoBytes = 126;
constexpr std::uint8_t kEightBytes = 127;
constexpr std::size_t kPromised = 64 * 1024;  // of a frame for which memory is taken before it is there

WebSocketFault malformed() {
  return {{ErrorCode::kBadRequest, "a WebSocket frame is malformed"}, kCloseProtocolError};
}

WebSocketFault not_utf8() {
  return {{ErrorCode::kBadRequest, "a text message is not UTF-8"}, kCloseInvalidData};
}

bool is_opcode(std::uint8_t value) { return value <= 2 || (value >= 8 && value <= 10); }

// Those that may stand in a frame (RFC 6455, 7.4, and the IANA registry).
bool is_close_code(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013) || (code >= 3000 && code <= 4999);
}

std::uint64_t big_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8U | bytes[i];
  return value;
}

// Eight bytes at a time.
void unmask(char* data, std::size_t size, const std::array<std::uint8_t, 4>& mask) {
  std::array<std::uint8_t, 8> twice{};
  for (std::size_t i = 0; i < twice.size(); ++i) twice[i] = mask[i % 4];
  std::uint64_t key = 0;
  std::memcpy(&key, twice.data(), sizeof key);
  std::size_t at = 0;
  for (; at + sizeof key <= size; at += sizeof key) {
    std::uint64_t word = 0;
    std::memcpy(&word, data + at, sizeof word);
    word ^= key;
    std::memcpy(data + at, &word, sizeof word);
  }
  for (; at < size; ++at) data[at] = static_cast<char>(static_cast<std::uint8_t>(data[at]) ^ mask[at % 4]);
}

}  // namespace

std::optional<WebSocketInput> WebSocketReader::next(std::string_view& bytes) {
  while (!bytes.empty()) {
    if (head_size_ < head_wanted_) {
      const auto fault = read_head(bytes);
      if (fault) return *fault;
      if (head_size_ < head_wanted_) continue;
    }
    take_payload(bytes);
    if (unread_ != 0) continue;
    head_size_ = 0;
    head_wanted_ = 2;
    auto finished = finish_frame();
    if (finished) return finished;
  }
  return std::nullopt;
}

// As far as `bytes` reach; the first two say how many there are.
std::optional<WebSocketFault> WebSocketReader::read_head(std::string_view& bytes) {
  while (head_size_ < head_wanted_ && !bytes.empty()) {
    head_[head_size_++] = static_cast<std::uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    if (head_size_ != 2) continue;
    const auto fault = check_start();
    if (fault) return fault;
  }
  return head_size_ == head_wanted_ ? take_length() : std::nullopt;
}

std::optional<WebSocketFault> WebSocketReader::check_start() {
  const std::uint8_t opcode = head_[0] & 0x0FU;
  const std::uint8_t length = head_[1] & 0x7FU;
  if ((head_[0] & kReserved) != 0 || !is_opcode(opcode) || (head_[1] & kMasked) == 0) return malformed();
  opcode_ = static_cast<WebSocketOpcode>(opcode);
  final_ = (head_[0] & kFinal) != 0;
  if (is_control()) {
    if (!final_ || length > kMostControl) return malformed();
  } else if ((opcode_ == WebSocketOpcode::kContinuation) != in_message_) {
    return malformed();
  }
  head_wanted_ = 2 + (length == kTwoBytes ? 2 : length == kEightBytes ? 8 : 0) + mask_.size();
  return std::nullopt;
}

std::optional<WebSocketFault> WebSocketReader::take_length() {
  const std::size_t extended = head_wanted_ - 2 - mask_.size();
  unread_ = extended == 0 ? head_[1] & 0x7FU : big_endian(&head_[2], extended);
  const std::uint64_t least = extended == 0 ? 0 : extended == 2 ? kTwoBytes : 0x10000;
  if (unread_ < least || unread_ >> 63U != 0) return malformed();
  std::copy_n(head_.begin() + static_cast<std::ptrdiff_t>(2 + extended), mask_.size(), mask_.begin());
  control_.clear();
  if (is_control()) return std::nullopt;
  if (unread_ > largest_ - message_.size()) {
    return WebSocketFault{{ErrorCode::kPayloadTooLarge, "a message is too large"}, kCloseTooBig};
  }
  if (opcode_ != WebSocketOpcode::kContinuation) text_ = opcode_ == WebSocketOpcode::kText;
  in_message_ = true;
  message_.reserve(message_.size() + std::min<std::size_t>(unread_, kPromised));
  return std::nullopt;
}

void WebSocketReader::take_payload(std::string_view& bytes) {
  std::string& into = is_control() ? control_ : message_;
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(unread_, bytes.size()));
  const std::size_t before = into.size();
  into.append(bytes.substr(0, count));
  unmask(into.data() + before, count, mask_);
  std::rotate(mask_.begin(), mask_.begin() + count % mask_.size(), mask_.end());
  unread_ -= count;
  bytes.remove_prefix(count);
}

std::optional<WebSocketInput> WebSocketReader::finish_frame() {
  switch (opcode_) {
    case WebSocketOpcode::kPing:
      return WebSocketPing{std::move(control_)};
    case WebSocketOpcode::kPong:
      return WebSocketPong{};
    case WebSocketOpcode::kClose:
      return finish_close();
    case WebSocketOpcode::kContinuation:
    case WebSocketOpcode::kText:
    case WebSocketOpcode::kBinary:
      break;
  }
  if (!final_) return std::nullopt;
  return finish_message();
}

WebSocketInput WebSocketReader::finish_message() {
  in_message_ = false;
  WebSocketMessage message{text_, std::exchange(message_, {})};
  if (text_ && !is_utf8(message.data)) return not_utf8();
  return message;
}

WebSocketInput WebSocketReader::finish_close() const {
  if (control_.empty()) return WebSocketClosed{kCloseNoCode};
  if (control_.size() == 1) return malformed();
  const auto code = static_cast<std::uint16_t>(static_cast<std::uint8_t>(control_[0]) << 8U |
                                               static_cast<std::uint8_t>(control_[1]));
  if (!is_close_code(code)) return malformed();
  if (!is_utf8(std::string_view(control_).substr(2))) return not_utf8();
  return WebSocketClosed{code};
}

void append_frame(std::string& out, WebSocketOpcode opcode, std::string_view payload) {
  const std::size_t size = payload.size();
  const std::size_t extended = size < kTwoBytes ? 0 : size < 0x10000 ? 2 : 8;
  out.reserve(out.size() + 2 + extended + size);
  out += static_cast<char>(kFinal | static_cast<std::uint8_t>(opcode));
  out += static_cast<char>(extended == 0 ? size : extended == 2 ? kTwoBytes : kEightBytes);
  for (std::size_t i = extended; i > 0; --i)
    out += static_cast<char>(std::uint64_t{size} >> 8 * (i - 1) & 0xFFU);
  out += payload;
}

std::string close_payload(std::uint16_t code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xFFU)};
  reason = reason.substr(0, kMostControl - payload.size());
  while (!is_utf8(reason)) reason.remove_suffix(1);
  return payload.append(reason);
}

std::string accept_key(std::string_view key) {
  const std::string text = std::string(key) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
  std::array<unsigned char, 32> encoded{};  // 28 characters and an end for 20 bytes
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

}  // namespace parley::net
