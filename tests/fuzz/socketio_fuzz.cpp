// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/engine_packet.hpp"
#include "realtime/socketio/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// A polling payload, and the Socket.IO packets in it: what is read is written the same, within the limits.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::realtime::socketio;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  const auto packets = parse_payload(body);
  if (!packets) return 0;
  const auto again = parse_payload(format_payload(*packets));
  if (packets->size() > kMaxPayloadPackets || !again || *again != *packets) std::abort();
  PacketReader reader;
  for (const EnginePacket& each : *packets) {
    if (each.type != EngineType::kMessage) continue;
    auto packet = each.binary ? reader.binary(each.data) : reader.text(each.data);
    if (!packet) return 0;
    if (!*packet) continue;
    if ((*packet)->attachments.size() > kMaxAttachments) std::abort();
    // Numbers may be written in another way, and be read with another last digit.
    PacketReader second_reader;
    const std::string text = format(**packet);
    auto second = second_reader.text(text);
    for (const auto& attached : (*packet)->attachments) {
      if (second && !*second) second = second_reader.binary(attached);
    }
    if (!second || !*second) std::abort();
    const Packet& read = **second;
    if (read.type != (*packet)->type || read.space != (*packet)->space || read.id != (*packet)->id ||
        read.attachments != (*packet)->attachments || read.data.kind() != (*packet)->data.kind()) {
      std::abort();
    }
  }
  return 0;
}
