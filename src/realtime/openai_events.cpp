// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_events.hpp"

#include "realtime/base64.hpp"
#include "realtime/json_fields.hpp"
#include "realtime/openai_items.hpp"
#include "realtime/openai_session.hpp"
#include "realtime/openai_tools.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace parley::realtime {
namespace json = boost::json;

using runtime::Result;

namespace {

using Body = decltype(ClientEvent::body);

constexpr std::size_t kMostInput = 200;          // items of one response
constexpr std::size_t kMostMetadata = 16;        // pairs
constexpr std::size_t kLongestMetadataKey = 64;  // bytes
constexpr std::size_t kLongestMetadataValue = 512;

Result<std::string> required_text(const json::value& event, std::string_view key) {
  std::string text;
  const auto read = read_member(event, key, text, std::string(key));
  if (!read) return read.error();
  if (text.empty()) return bad_field("this field is required", std::string(key));
  return text;
}

Result<Body> read_session_update(const json::value& event) {
  const json::value* session = member(event, "session");
  if (session == nullptr || !session->is_object()) return bad_field("expected an object", "session");
  return Body(SessionUpdate{*session});
}

Result<Body> read_append(const json::value& event) {
  const json::value* audio = member(event, "audio");
  if (audio == nullptr || !audio->is_string()) return bad_field("expected a base64 string", "audio");
  auto bytes = decode_base64(audio->get_string());
  if (!bytes) return bad_field(bytes.error().message, "audio");
  return Body(AudioAppend{std::move(*bytes)});
}

Result<Body> read_item_create(const json::value& event) {
  ItemCreate create;
  const json::value* item = member(event, "item");
  if (item == nullptr) return bad_field("expected an object", "item");
  auto read = read_item(*item, "item");
  if (!read) return read.error();
  create.item = std::move(*read);
  if (const json::value* previous = member(event, "previous_item_id")) {
    const auto named = runtime::read_json(*previous, create.previous.emplace());
    if (!named) return bad_field(named.error().message, "previous_item_id");
  }
  return Body(std::move(create));
}

Result<Body> read_truncate(const json::value& event) {
  ItemTruncate truncate;
  auto id = required_text(event, "item_id");
  if (!id) return id.error();
  truncate.item_id = std::move(*id);
  const auto read = read_member(event, "audio_end_ms", truncate.audio_end_ms, "audio_end_ms");
  if (!read) return read.error();
  std::int64_t content_index = 0;
  const auto indexed = read_member(event, "content_index", content_index, "content_index");
  if (!indexed) return indexed.error();
  if (content_index != 0) return bad_field("an answer has one part, with index 0", "content_index");
  if (member(event, "audio_end_ms") == nullptr) return bad_field("this field is required", "audio_end_ms");
  if (truncate.audio_end_ms < 0) return bad_field("expected a number that is not negative", "audio_end_ms");
  return Body(truncate);
}

template <class Event>
Result<Body> read_item_reference(const json::value& event) {
  auto id = required_text(event, "item_id");
  if (!id) return id.error();
  return Body(Event{std::move(*id)});
}

Result<> read_metadata(const json::value& response, std::map<std::string, std::string>& metadata) {
  const auto read = read_member(response, "metadata", metadata, "response.metadata");
  if (!read) return read.error();
  bool fits = metadata.size() <= kMostMetadata;
  for (const auto& [key, value] : metadata) {
    fits = fits && key.size() <= kLongestMetadataKey && value.size() <= kLongestMetadataValue;
  }
  if (!fits) return bad_field("expected at most 16 texts of 512 bytes, by names of 64", "response.metadata");
  return {};
}

Result<> read_input(const json::value& response, std::optional<std::vector<ResponseCreate::Input>>& input) {
  const json::value* found = member(response, "input");
  if (found == nullptr) return {};
  if (!found->is_array()) return bad_field("expected an array", "response.input");
  if (found->get_array().size() > kMostInput)
    return bad_field("expected at most 200 items", "response.input");
  input.emplace();
  for (const json::value& each : found->get_array()) {
    const std::string param = "response.input[" + std::to_string(input->size()) + "]";
    std::string type;
    std::string id;
    for (const auto& read :
         {read_member(each, "type", type, param + ".type"), read_member(each, "id", id, param + ".id")}) {
      if (!read) return read.error();
    }
    if (type == "item_reference") {
      input->emplace_back(std::move(id));
      continue;
    }
    auto item = read_item(each, param);
    if (!item) return item.error();
    input->emplace_back(std::move(*item));
  }
  return {};
}

Result<> read_conversation(const json::value& response, bool& in_conversation) {
  std::string conversation = "auto";
  const auto read = read_member(response, "conversation", conversation, "response.conversation");
  if (!read) return read.error();
  if (conversation != "auto" && conversation != "none") {
    return bad_field("expected auto or none", "response.conversation");
  }
  in_conversation = conversation == "auto";
  return {};
}

// The sound of one response: `audio.output.voice`, or the `voice` of the beta.
Result<> read_response_voice(const json::value& response, std::optional<std::string>& voice) {
  const json::value* audio = member(response, "audio");
  const json::value* output = audio == nullptr ? &response : member(*audio, "output");
  if (output == nullptr || member(*output, "voice") == nullptr) return {};
  return read_voice(*output, {}, voice.emplace(), "response.audio.output.voice");
}

Result<Body> read_response_create(const json::value& event) {
  ResponseCreate create;
  const json::value* response = member(event, "response");
  if (response == nullptr) return Body(std::move(create));
  if (!response->is_object()) return bad_field("expected an object", "response");
  conversation::ResponseOverrides& overrides = create.overrides;
  std::string instructions;
  for (const auto& read :
       {read_member(*response, "instructions", instructions, "response.instructions"),
        read_tools(*response, "response.", overrides.tools),
        read_tool_choice(*response, "response.", overrides.tool_choice),
        read_max_tokens(*response, "response.", overrides.max_output_tokens),
        read_response_voice(*response, overrides.voice), read_metadata(*response, overrides.metadata),
        read_conversation(*response, overrides.in_conversation), read_input(*response, create.input)}) {
    if (!read) return read.error();
  }
  if (instructions.size() > kLongestInstructions) {
    return bad_field("expected at most 64 KiB", "response.instructions");
  }
  if (!instructions.empty()) overrides.instructions = std::move(instructions);
  for (const char* key : {"output_modalities", "modalities"}) {
    const json::value* modalities = member(*response, key);
    if (modalities == nullptr) continue;
    const auto audio = wants_audio(*modalities, std::string("response.") + key);
    if (!audio) return audio.error();
    overrides.speak = *audio;
  }
  return Body(std::move(create));
}

Result<Body> read_cancel(const json::value& event) {
  ResponseCancel cancel;
  const auto read = read_member(event, "response_id", cancel.response_id, "response_id");
  if (!read) return read.error();
  return Body(std::move(cancel));
}

struct Reader {
  std::string_view type;
  Result<Body> (*read)(const json::value&);
};

constexpr std::array kReaders = {
    Reader{"session.update", read_session_update},
    Reader{"transcription_session.update", read_session_update},
    Reader{"input_audio_buffer.append", read_append},
    Reader{"input_audio_buffer.commit",
           [](const json::value&) -> Result<Body> { return Body(AudioCommit{}); }},
    Reader{"input_audio_buffer.clear", [](const json::value&) -> Result<Body> { return Body(AudioClear{}); }},
    Reader{"conversation.item.create", read_item_create},
    Reader{"conversation.item.delete", read_item_reference<ItemDelete>},
    Reader{"conversation.item.retrieve", read_item_reference<ItemRetrieve>},
    Reader{"conversation.item.truncate", read_truncate},
    Reader{"response.create", read_response_create},
    Reader{"response.cancel", read_cancel},
};

}  // namespace

std::variant<ClientEvent, EventProblem> read_client_event(std::string_view text) {
  const auto parsed = runtime::parse_json(text);
  if (!parsed) return EventProblem{parsed.error(), {}};
  if (!parsed->is_object()) return EventProblem{bad_field("expected a JSON object", ""), {}};
  ClientEvent event;
  const auto id = read_member(*parsed, "event_id", event.event_id, "event_id");
  if (!id) return EventProblem{id.error(), {}};
  const auto type = required_text(*parsed, "type");
  if (!type) return EventProblem{type.error(), event.event_id};
  for (const Reader& reader : kReaders) {
    if (reader.type != *type) continue;
    auto body = reader.read(*parsed);
    if (!body) return EventProblem{body.error(), event.event_id};
    event.body = std::move(*body);
    return event;
  }
  const std::string named = type->size() <= 64 ? ": " + *type : "";
  return EventProblem{bad_field("there is no such event" + named, "type"), event.event_id};
}

}  // namespace parley::realtime
