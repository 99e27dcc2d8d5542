// SPDX-License-Identifier: Apache-2.0
// The events of the conversational clone's clients, over Socket.IO and in the envelope of /ws, and the names
// that they know errors by.
#pragma once

#include "runtime/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/json/object.hpp>

namespace parley::realtime {

struct CloneAudio {
  std::string bytes;  // in the session's format
};
struct CloneEndUtterance {};
struct CloneInterruption {
  std::optional<std::int64_t> turn_index;
};
struct CloneText {  // a question in writing; Parley's own
  std::string text;
};
struct ClonePing {};
struct ClonePong {};

using CloneEvent =
    std::variant<CloneAudio, CloneEndUtterance, CloneInterruption, CloneText, ClonePing, ClonePong>;

// Reads what `type` comes with. `audioData` is Base64. BAD_REQUEST, with the field at fault, for what cannot
// be read and, with param "type", for an event that there is not.
runtime::Result<CloneEvent> read_clone_event(std::string_view type, const boost::json::object& data);

// A text message of /ws: {"type", "sessionId"?, "data"?, "timestamp"?}. What `data` should hold is also taken
// from beside it. `session_id` is compared with the envelope's, if it has one: FORBIDDEN when it is another.
runtime::Result<CloneEvent> read_clone_message(std::string_view text, std::string_view session_id);

// BAD_REQUEST is VALIDATION_ERROR, OVERLOADED is QUEUE_FULL, and so on.
std::string_view clone_error_name(runtime::ErrorCode code);

// Whether a client does well to go on as if nothing had happened.
bool is_recoverable(const runtime::Error& error);

}  // namespace parley::realtime
