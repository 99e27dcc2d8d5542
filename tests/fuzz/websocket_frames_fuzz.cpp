// SPDX-License-Identifier: Apache-2.0
// The frames of a WebSocket client. The first byte says how the rest is cut; however it is, the same messages
// have to come out, none larger than allowed and no text that is not UTF-8.
#include "net/target.hpp"
#include "net/websocket_frames.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

namespace {

using namespace parley::net;

constexpr std::size_t kLargest = 300;

struct Outcome {
  std::string heard;
  bool broken = false;

  void operator()(const WebSocketMessage& message) {
    if (message.data.size() > kLargest || (message.text && !is_utf8(message.data))) std::abort();
    heard += (message.text ? "text " : "binary ") + message.data + "\n";
  }
  void operator()(const WebSocketPing& ping) { heard += "ping " + ping.payload + "\n"; }
  void operator()(const WebSocketPong&) { heard += "pong\n"; }
  void operator()(const WebSocketClosed& closed) { heard += "close " + std::to_string(closed.code) + "\n"; }
  void operator()(const WebSocketFault& fault) {
    heard += "fault " + std::to_string(fault.code) + "\n";
    broken = true;
  }
  bool operator==(const Outcome&) const = default;
};

Outcome read(std::string_view bytes, std::size_t piece) {
  WebSocketReader reader(kLargest);
  Outcome outcome;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    for (auto input = reader.next(part); input; input = reader.next(part)) {
      std::visit([&outcome](const auto& each) { outcome(each); }, *input);
      if (outcome.broken) return outcome;
    }
    if (!part.empty()) std::abort();
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t piece = 1 + data[0] % 64;
  if (!(read(bytes, piece) == read(bytes, bytes.size() + 1))) std::abort();
  return 0;
}
