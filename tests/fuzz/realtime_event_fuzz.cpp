// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_events.hpp"
#include "realtime/openai_session.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Events of a realtime client: whatever arrives is either an event or a problem with a message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::realtime;
  const auto read = read_client_event({reinterpret_cast<const char*>(data), size});
  if (const auto* problem = std::get_if<EventProblem>(&read)) {
    if (problem->error.message.empty()) std::abort();
    return 0;
  }
  const auto& event = std::get<ClientEvent>(read);
  if (const auto* update = std::get_if<SessionUpdate>(&event.body)) {
    const parley::conversation::SessionOptions defaults;
    SessionSettings settings;
    const auto applied = apply_session(update->session, defaults, settings);
    if (!applied && applied.error().message.empty()) std::abort();
    if (applied && !describe_session("s", "m", settings).is_object()) std::abort();
  }
  return 0;
}
