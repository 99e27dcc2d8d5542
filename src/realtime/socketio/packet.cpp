// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/packet.hpp"

#include "runtime/json.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include <boost/json/object.hpp>

namespace parley::realtime::socketio {
namespace json = boost::json;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxSpaceBytes = 256;
constexpr std::size_t kMaxIdDigits = 15;  // below 2^53
constexpr std::array<std::string_view, 6> kReserved{"connect",       "connect_error", "disconnect",
                                                    "disconnecting", "newListener",   "removeListener"};

Error bad(std::string message) { return Error{ErrorCode::kBadRequest, std::move(message)}; }

bool is_binary(PacketType type) { return type == PacketType::kBinaryEvent || type == PacketType::kBinaryAck; }
bool is_event(PacketType type) { return type == PacketType::kEvent || type == PacketType::kBinaryEvent; }

// The digits that `text` begins with, taken from it; nothing when there are none or too many.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_not_of("0123456789"), text.size());
  if (length == 0 || length > kMaxIdDigits) return std::nullopt;
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + length, number);
  text.remove_prefix(length);
  return number;
}

// What each type may carry.
Result<> check(const Packet& packet) {
  const bool none = packet.data.is_null();
  switch (packet.type) {
    case PacketType::kConnect:
      if (!none && !packet.data.is_object()) return bad("a CONNECT carries an object");
      return {};
    case PacketType::kDisconnect:
      if (!none) return bad("a DISCONNECT carries nothing");
      return {};
    case PacketType::kConnectError:
      return bad("a CONNECT_ERROR is for servers to send");
    default:
      break;
  }
  if (!packet.data.is_array()) return bad("an event or acknowledgement carries an array");
  if (!is_event(packet.type)) {
    if (!packet.id) return bad("an acknowledgement needs an id");
    return {};
  }
  const json::array& args = packet.data.get_array();
  if (args.empty() || !args[0].is_string()) return bad("an event needs a name");
  const std::string_view name = args[0].get_string();
  if (std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end()) {
    return bad("the name of the event is reserved");
  }
  return {};
}

}  // namespace

Result<std::optional<Packet>> PacketReader::text(std::string_view text) {
  if (unfinished_) return bad("attachments were expected");
  if (text.size() > kMaxPacketBytes) return Error{ErrorCode::kPayloadTooLarge, "a packet is too large"};
  if (text.empty() || text[0] < '0' || text[0] > '6') return bad("there is no such packet");
  Packet packet;
  packet.type = static_cast<PacketType>(text[0] - '0');
  text.remove_prefix(1);
  std::size_t attachments = 0;
  if (is_binary(packet.type)) {
    const auto count = take_number(text);
    if (!count || *count > kMaxAttachments || !text.starts_with('-')) return bad("bad number of attachments");
    attachments = static_cast<std::size_t>(*count);
    text.remove_prefix(1);
  }
  if (text.starts_with('/')) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > kMaxSpaceBytes) return bad("the namespace is too long");
    packet.space = std::string(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (!text.empty() && text[0] >= '0' && text[0] <= '9') {
    packet.id = take_number(text);
    if (!packet.id) return bad("the id is too long");
  }
  if (!text.empty()) {
    auto value = runtime::parse_json(text);
    if (!value) return bad("the packet's data is not JSON");
    packet.data = std::move(*value);
  }
  const auto checked = check(packet);
  if (!checked) return checked.error();
  if (attachments == 0) return std::optional(std::move(packet));
  unfinished_ = std::move(packet);
  expected_ = attachments;
  attached_bytes_ = 0;
  return std::optional<Packet>();
}

Result<std::optional<Packet>> PacketReader::binary(std::string bytes) {
  if (!unfinished_) return bad("no attachment was expected");
  attached_bytes_ += bytes.size();
  if (attached_bytes_ > kMaxAttachedBytes)
    return Error{ErrorCode::kPayloadTooLarge, "attachments are too large"};
  unfinished_->attachments.push_back(std::move(bytes));
  if (unfinished_->attachments.size() < expected_) return std::optional<Packet>();
  return std::exchange(unfinished_, std::nullopt);
}

std::string format(const Packet& packet) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(packet.type)));
  if (is_binary(packet.type)) text += std::to_string(packet.attachments.size()) + "-";
  if (packet.space != "/") text += packet.space + ",";
  if (packet.id) text += std::to_string(*packet.id);
  if (!packet.data.is_null()) text += runtime::to_json(packet.data);
  return text;
}

json::value placeholder(std::size_t index) { return {{"_placeholder", true}, {"num", index}}; }

const std::string* attachment(const Packet& packet, const json::value& value) {
  if (!value.is_object()) return nullptr;
  const json::value* marked = value.get_object().if_contains("_placeholder");
  const json::value* index = value.get_object().if_contains("num");
  if (marked == nullptr || index == nullptr || *marked != json::value(true)) return nullptr;
  boost::system::error_code failure;
  const auto at = index->to_number<std::size_t>(failure);
  return !failure && at < packet.attachments.size() ? &packet.attachments[at] : nullptr;
}

}  // namespace parley::realtime::socketio
