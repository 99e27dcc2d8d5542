// SPDX-License-Identifier: Apache-2.0
// The events that a client of the OpenAI Realtime protocol sends (GA names), read and checked.
#pragma once

#include "conversation/session.hpp"
#include "realtime/wire_audio.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/json/value.hpp>

namespace parley::realtime {

struct SessionUpdate {
  boost::json::value session;
};
struct AudioAppend {
  std::vector<std::uint8_t> bytes;  // in the session's input format
};
struct AudioCommit {};
struct AudioClear {};
struct ItemCreate {
  std::string id;  // empty: to be made
  language::ChatRole role = language::ChatRole::kUser;
  std::string text;
};
struct ItemDelete {
  std::string item_id;
};
struct ItemRetrieve {
  std::string item_id;
};
struct ItemTruncate {
  std::string item_id;
  std::int64_t audio_end_ms = 0;
};
struct ResponseCreate {
  conversation::ResponseOverrides overrides;
};
struct ResponseCancel {
  std::string response_id;
};

struct ClientEvent {
  std::string event_id;
  std::variant<SessionUpdate, AudioAppend, AudioCommit, AudioClear, ItemCreate, ItemDelete, ItemRetrieve,
               ItemTruncate, ResponseCreate, ResponseCancel>
      body;
};

// A message that could not be read, with the event_id when there was one to be found.
struct EventProblem {
  runtime::Error error;
  std::string event_id;
};

// Fields that are not known are ignored; an unknown event type is BAD_REQUEST with param "type".
std::variant<ClientEvent, EventProblem> read_client_event(std::string_view text);

// What a client can set of its session.
struct SessionSettings {
  conversation::SessionOptions options;
  WireFormats formats;
};

// Applies a session object (of session.update) to `settings`. Nothing is changed on an error.
runtime::Result<> apply_session(const boost::json::value& session,
                                const conversation::SessionOptions& defaults, SessionSettings& settings);

// The session object that a client is shown.
boost::json::value describe_session(const std::string& id, const std::string& model,
                                    const SessionSettings& settings);

}  // namespace parley::realtime
