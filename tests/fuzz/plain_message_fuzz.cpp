// SPDX-License-Identifier: Apache-2.0
#include "realtime/clone_events.hpp"
#include "realtime/session_json.hpp"
#include "realtime/stream_events.hpp"
#include "runtime/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// What clients of the plain protocols say in JSON: an event, or an error with a message; settings are changed
// as a whole or not at all.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto clone = realtime::read_clone_message(text, "sess_1");
  if (!clone && clone.error().message.empty()) std::abort();
  const auto stream = realtime::read_stream_event(text);
  if (!stream && stream.error().message.empty()) std::abort();
  const auto value = runtime::parse_json(text);
  if (!value || !value->is_object()) return 0;
  conversation::SessionSettings settings;
  const auto read = realtime::read_settings(value->get_object(), settings);
  if (!read && settings != conversation::SessionSettings()) std::abort();
  return 0;
}
