// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_events.hpp"

#include "conversation/pronunciations.hpp"
#include "realtime/base64.hpp"
#include "realtime/vocabulary.hpp"
#include "runtime/json.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include <boost/json/value_from.hpp>

namespace parley::realtime {
namespace json = boost::json;

using conversation::kSamplesPerMs;
using conversation::SessionOptions;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

using Body = decltype(ClientEvent::body);

Error bad(std::string message, std::string param) {
  return Error{ErrorCode::kBadRequest, std::move(message), std::move(param)};
}

// A member of an object: nullptr when absent.
const json::value* member(const json::value& object, std::string_view key) {
  return object.is_object() ? object.get_object().if_contains(key) : nullptr;
}

// Reads a member into `out` if it is there and not null.
template <class T>
Result<> read_member(const json::value& object, std::string_view key, T& out, const std::string& param) {
  const json::value* found = member(object, key);
  if (found == nullptr || found->is_null()) return {};
  auto read = runtime::read_json(*found, out);
  if (!read) return bad(read.error().message, param);
  return {};
}

Result<std::string> required_text(const json::value& event, std::string_view key) {
  std::string text;
  const auto read = read_member(event, key, text, std::string(key));
  if (!read) return read.error();
  if (text.empty()) return bad("this field is required", std::string(key));
  return text;
}

Result<bool> wants_audio(const json::value& modalities, const std::string& param) {
  std::vector<std::string> names;
  const auto read = runtime::read_json(modalities, names);
  if (!read) return bad(read.error().message, param);
  if (names == std::vector<std::string>{"text"}) return false;
  if (names == std::vector<std::string>{"audio"}) return true;
  // The beta protocol asked for both when it wanted speech with its transcript.
  if (names.size() == 2 && (names[0] == "audio" || names[1] == "audio")) return true;
  return bad("expected [\"audio\"] or [\"text\"]", param);
}

Result<Body> read_session_update(const json::value& event) {
  const json::value* session = member(event, "session");
  if (session == nullptr || !session->is_object()) return bad("expected an object", "session");
  return Body(SessionUpdate{*session});
}

Result<Body> read_append(const json::value& event) {
  const json::value* audio = member(event, "audio");
  if (audio == nullptr || !audio->is_string()) return bad("expected a base64 string", "audio");
  auto bytes = decode_base64(audio->get_string());
  if (!bytes) return bad(bytes.error().message, "audio");
  return Body(AudioAppend{std::move(*bytes)});
}

Result<Body> read_item_create(const json::value& event) {
  const json::value* item = member(event, "item");
  if (item == nullptr || !item->is_object()) return bad("expected an object", "item");
  ItemCreate created;
  std::string type;
  std::string role;
  for (const auto& read :
       {read_member(*item, "type", type, "item.type"), read_member(*item, "role", role, "item.role"),
        read_member(*item, "id", created.id, "item.id")}) {
    if (!read) return read.error();
  }
  if (type != "message") return bad("only items of type \"message\" are supported", "item.type");
  if (created.id.size() > 64) return bad("expected at most 64 bytes", "item.id");
  if (role == "user")
    created.role = language::ChatRole::kUser;
  else if (role == "assistant")
    created.role = language::ChatRole::kAssistant;
  else if (role == "system")
    created.role = language::ChatRole::kSystem;
  else
    return bad("expected user, assistant or system", "item.role");
  const json::value* content = member(*item, "content");
  if (content == nullptr || !content->is_array()) return bad("expected an array", "item.content");
  for (const json::value& part : content->get_array()) {
    std::string part_type;
    std::string text;
    const auto typed = read_member(part, "type", part_type, "item.content.type");
    if (!typed) return typed.error();
    const bool spoken = part_type == "input_audio" || part_type == "output_audio";
    if (!spoken && part_type != "input_text" && part_type != "output_text" && part_type != "text") {
      return bad("expected input_text, output_text, input_audio or output_audio", "item.content.type");
    }
    const auto read = read_member(part, spoken ? "transcript" : "text", text, "item.content.text");
    if (!read) return read.error();
    if (spoken && text.empty()) {
      return bad("audio in an item needs its transcript; send audio with input_audio_buffer.append",
                 "item.content");
    }
    if (!created.text.empty() && !text.empty()) created.text += ' ';
    created.text += text;
  }
  if (created.text.empty()) return bad("the item holds no text", "item.content");
  return Body(std::move(created));
}

Result<Body> read_truncate(const json::value& event) {
  ItemTruncate truncate;
  auto id = required_text(event, "item_id");
  if (!id) return id.error();
  truncate.item_id = std::move(*id);
  const auto read = read_member(event, "audio_end_ms", truncate.audio_end_ms, "audio_end_ms");
  if (!read) return read.error();
  if (truncate.audio_end_ms < 0) return bad("expected a number that is not negative", "audio_end_ms");
  return Body(truncate);
}

template <class Event>
Result<Body> read_item_reference(const json::value& event) {
  auto id = required_text(event, "item_id");
  if (!id) return id.error();
  return Body(Event{std::move(*id)});
}

Result<Body> read_response_create(const json::value& event) {
  ResponseCreate create;
  const json::value* response = member(event, "response");
  if (response == nullptr || response->is_null()) return Body(std::move(create));
  if (!response->is_object()) return bad("expected an object", "response");
  std::string instructions;
  const auto read = read_member(*response, "instructions", instructions, "response.instructions");
  if (!read) return read.error();
  if (!instructions.empty()) create.overrides.instructions = std::move(instructions);
  for (const char* key : {"output_modalities", "modalities"}) {
    const json::value* modalities = member(*response, key);
    if (modalities == nullptr) continue;
    const auto audio = wants_audio(*modalities, std::string("response.") + key);
    if (!audio) return audio.error();
    create.overrides.speak = *audio;
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

// Reads member `key` of `object` into `codec` if it is there and not null.
Result<> read_format(const json::value& object, std::string_view key, WireCodec& codec,
                     const std::string& param) {
  const json::value* format = member(object, key);
  if (format == nullptr || format->is_null()) return {};
  const auto read = read_wire_codec(*format, param);
  if (!read) return read.error();
  codec = *read;
  return {};
}

// A fixed silence given by the client ends every utterance alike.
void set_silence(conversation::TurnConfig& turn, std::int64_t silence_ms) {
  turn.silence_complete = turn.silence_unsure = turn.silence_incomplete = silence_ms * kSamplesPerMs;
}

void scale_silence(conversation::TurnConfig& turn, double factor) {
  for (auto* silence : {&turn.silence_complete, &turn.silence_unsure, &turn.silence_incomplete}) {
    *silence = static_cast<conversation::SampleIndex>(static_cast<double>(*silence) * factor);
  }
}

Result<> apply_turn_detection(const json::value& detection, const conversation::TurnConfig& defaults,
                              conversation::TurnConfig& turn) {
  const std::string param = "session.audio.input.turn_detection";
  if (detection.is_null()) {
    turn.server_vad = false;
    turn.create_response = false;
    return {};
  }
  if (!detection.is_object()) return bad("expected an object or null", param);
  std::string type = "server_vad";
  const auto type_read = read_member(detection, "type", type, param + ".type");
  if (!type_read) return type_read.error();
  if (type != "server_vad" && type != "semantic_vad")
    return bad("expected server_vad or semantic_vad", param + ".type");
  turn = defaults;
  std::string eagerness = "auto";
  std::int64_t silence_ms = 0;
  for (const auto& read :
       {read_member(detection, "create_response", turn.create_response, param + ".create_response"),
        read_member(detection, "interrupt_response", turn.interrupt_response, param + ".interrupt_response"),
        read_member(detection, "eagerness", eagerness, param + ".eagerness"),
        read_member(detection, "silence_duration_ms", silence_ms, param + ".silence_duration_ms")}) {
    if (!read) return read.error();
  }
  if (member(detection, "silence_duration_ms") != nullptr) {
    if (silence_ms < 100 || silence_ms > 10'000)
      return bad("expected 100 to 10000", param + ".silence_duration_ms");
    set_silence(turn, silence_ms);
  }
  if (eagerness == "low")
    scale_silence(turn, 1.5);
  else if (eagerness == "high")
    scale_silence(turn, 0.75);
  else if (eagerness != "auto" && eagerness != "medium")
    return bad("expected low, medium, high or auto", param + ".eagerness");
  return {};
}

Result<> apply_input(const json::value& input, const SessionOptions& defaults, SessionSettings& settings) {
  SessionOptions& options = settings.options;
  const auto format = read_format(input, "format", settings.formats.input, "session.audio.input.format");
  if (!format) return format.error();
  if (const json::value* transcription = member(input, "transcription")) {
    const auto language = read_member(*transcription, "language", options.language,
                                      "session.audio.input.transcription.language");
    if (!language) return language.error();
    if (!conversation::is_language_tag(options.language)) {
      return bad("expected a language such as en or de-AT", "session.audio.input.transcription.language");
    }
    const auto vocabulary = read_vocabulary(*transcription, options.vocabulary);
    if (!vocabulary) return vocabulary.error();
  }
  const json::value* detection = member(input, "turn_detection");
  if (detection == nullptr) return {};
  return apply_turn_detection(*detection, defaults.turn, options.turn);
}

// Voices of OpenAI's service, which clients name by themselves: the usual voice speaks for each of them.
constexpr auto kHostedVoices =
    std::to_array<std::string_view>({"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin",
                                     "nova", "onyx", "sage", "shimmer", "verse"});

Result<> apply_output(const json::value& output, const SessionOptions& defaults, SessionSettings& settings) {
  SessionOptions& options = settings.options;
  const auto format = read_format(output, "format", settings.formats.output, "session.audio.output.format");
  if (!format) return format.error();
  const auto voice = read_member(output, "voice", options.voice.voice, "session.audio.output.voice");
  if (!voice) return voice.error();
  if (std::ranges::find(kHostedVoices, options.voice.voice) != kHostedVoices.end()) {
    options.voice.voice = defaults.voice.voice;
  }
  const auto speed = read_member(output, "speed", options.voice.speed, "session.audio.output.speed");
  if (!speed) return speed.error();
  if (!(options.voice.speed >= 0.5 && options.voice.speed <= 2.0)) {
    return bad("expected 0.5 to 2.0", "session.audio.output.speed");
  }
  constexpr const char* kPronunciations = "session.audio.output.pronunciations";
  std::vector<std::string> rows;
  if (options.voice.pronunciations) rows = options.voice.pronunciations->rows();
  const auto listed = read_member(output, "pronunciations", rows, kPronunciations);
  if (!listed) return listed.error();
  auto pronunciations = conversation::read_pronunciations(rows, kPronunciations);
  if (!pronunciations) return pronunciations.error();
  options.voice.pronunciations = std::move(*pronunciations);
  return {};
}

}  // namespace

std::variant<ClientEvent, EventProblem> read_client_event(std::string_view text) {
  const auto parsed = runtime::parse_json(text);
  if (!parsed) return EventProblem{parsed.error(), {}};
  if (!parsed->is_object()) return EventProblem{bad("expected a JSON object", ""), {}};
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
  return EventProblem{bad("there is no such event" + named, "type"), event.event_id};
}

Result<> apply_session(const json::value& session, const SessionOptions& defaults,
                       SessionSettings& settings) {
  SessionSettings changed = settings;
  std::string type = "realtime";
  for (const auto& read :
       {read_member(session, "type", type, "session.type"),
        read_member(session, "instructions", changed.options.instructions, "session.instructions"),
        // The beta protocol's place for what stands in `audio` now.
        read_format(session, "input_audio_format", changed.formats.input, "session.input_audio_format"),
        read_format(session, "output_audio_format", changed.formats.output, "session.output_audio_format")}) {
    if (!read) return read.error();
  }
  if (type != "realtime") return bad("expected realtime", "session.type");
  for (const char* key : {"output_modalities", "modalities"}) {
    const json::value* modalities = member(session, key);
    if (modalities == nullptr) continue;
    const auto audio = wants_audio(*modalities, std::string("session.") + key);
    if (!audio) return audio.error();
    changed.options.speak = *audio;
  }
  if (const json::value* audio = member(session, "audio")) {
    if (const json::value* input = member(*audio, "input")) {
      const auto applied = apply_input(*input, defaults, changed);
      if (!applied) return applied.error();
    }
    if (const json::value* output = member(*audio, "output")) {
      const auto applied = apply_output(*output, defaults, changed);
      if (!applied) return applied.error();
    }
  }
  settings = std::move(changed);
  return {};
}

json::value describe_session(const std::string& id, const std::string& model,
                             const SessionSettings& settings) {
  const SessionOptions& options = settings.options;
  json::value detection = nullptr;
  if (options.turn.server_vad) {
    detection = {{"type", "server_vad"},
                 {"silence_duration_ms", options.turn.silence_complete / kSamplesPerMs},
                 {"create_response", options.turn.create_response},
                 {"interrupt_response", options.turn.interrupt_response}};
  }
  std::vector<std::string> pronunciations;
  if (options.voice.pronunciations) pronunciations = options.voice.pronunciations->rows();
  return {{"type", "realtime"},
          {"object", "realtime.session"},
          {"id", id},
          {"model", model},
          {"output_modalities", json::array{options.speak ? "audio" : "text"}},
          {"instructions", options.instructions},
          {"tools", json::array{}},
          {"tool_choice", "none"},
          {"max_output_tokens", "inf"},
          {"audio",
           {{"input",
             {{"format", describe_wire_codec(settings.formats.input)},
              {"transcription",
               {{"language", options.language}, {"keywords", json::value_from(options.vocabulary)}}},
              {"noise_reduction", nullptr},
              {"turn_detection", detection}}},
            {"output",
             {{"format", describe_wire_codec(settings.formats.output)},
              {"voice", options.voice.voice},
              {"speed", options.voice.speed},
              {"pronunciations", json::value_from(pronunciations)}}}}}};
}

}  // namespace parley::realtime
