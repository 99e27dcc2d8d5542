// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/event.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// The events of a connection: the same in one piece and byte by byte, and read again as they were written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::realtime::wyoming;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  EventReader whole;
  whole.push(bytes);
  EventReader pieces;
  std::size_t given = 0;
  for (;;) {
    const auto event = whole.next();
    auto same = pieces.next();
    while (same && !*same && given < size) {
      pieces.push(bytes.substr(given++, 1));
      same = pieces.next();
    }
    if (event.has_value() != same.has_value()) std::abort();
    if (!event || !*event) {
      if (same && *same) std::abort();
      return 0;
    }
    if (!*same || (*event)->payload.size() > kMaxPayloadBytes) std::abort();
    if ((*event)->type != (*same)->type || (*event)->payload != (*same)->payload ||
        (*event)->data.size() != (*same)->data.size()) {
      std::abort();
    }
    // Numbers may be written in another way, and longer: what is written need not fit once more.
    EventReader again;
    again.push(format(**event));
    const auto read = again.next();
    if (read && (!*read || (*read)->type != (*event)->type || (*read)->payload != (*event)->payload)) {
      std::abort();
    }
  }
}
