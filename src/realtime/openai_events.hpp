// SPDX-License-Identifier: Apache-2.0
// The events that a client of the OpenAI Realtime protocol sends, read and checked.
#pragma once

#include "conversation/session.hpp"
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
  conversation::HistoryItem item;            // without an id: it is to be made
  std::optional<std::string> previous = {};  // as of History::insert()
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
  // An item of the conversation, by its id, or one that is no part of it.
  using Input = std::variant<std::string, conversation::HistoryItem>;
  conversation::ResponseOverrides overrides;
  std::optional<std::vector<Input>> input = {};
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

}  // namespace parley::realtime
