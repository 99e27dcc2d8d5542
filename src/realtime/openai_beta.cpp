// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_beta.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>

namespace parley::realtime {
namespace json = boost::json;

namespace {

// Where a flat member stands now: in the session itself, or in `audio.input` or `audio.output`.
struct Place {
  std::string_view flat;
  std::string_view side;
  std::string_view name;
};
constexpr std::array kPlaces{
    Place{"modalities", "", "output_modalities"},
    Place{"max_response_output_tokens", "", "max_output_tokens"},
    Place{"input_audio_format", "input", "format"},
    Place{"input_audio_transcription", "input", "transcription"},
    Place{"input_audio_noise_reduction", "input", "noise_reduction"},
    Place{"turn_detection", "input", "turn_detection"},
    Place{"output_audio_format", "output", "format"},
    Place{"voice", "output", "voice"},
    Place{"speed", "output", "speed"},
};

struct Renamed {
  std::string_view now;
  std::string_view beta;
};
constexpr std::array kEvents{
    Renamed{"response.output_audio.delta", "response.audio.delta"},
    Renamed{"response.output_audio.done", "response.audio.done"},
    Renamed{"response.output_audio_transcript.delta", "response.audio_transcript.delta"},
    Renamed{"response.output_audio_transcript.done", "response.audio_transcript.done"},
    Renamed{"response.output_text.delta", "response.text.delta"},
    Renamed{"response.output_text.done", "response.text.done"},
    Renamed{"conversation.item.added", "conversation.item.created"},
};
constexpr std::array kParts{Renamed{"output_audio", "audio"}, Renamed{"output_text", "text"}};
constexpr std::array kFormats{Renamed{"audio/pcm", "pcm16"}, Renamed{"audio/pcmu", "g711_ulaw"},
                              Renamed{"audio/pcma", "g711_alaw"}};

template <class Table>
void rename(json::value& name, const Table& table) {
  if (!name.is_string()) return;
  const auto row = std::ranges::find(table, std::string_view(name.get_string()), &Renamed::now);
  if (row != table.end()) name = row->beta;
}

json::object* object_in(json::object& object, std::string_view key) {
  json::value* found = object.if_contains(key);
  return found == nullptr ? nullptr : found->if_object();
}

// The object below `key`, made where there is none; null where something else stands there.
json::object* make_object(json::object& object, std::string_view key) {
  json::value& found = object[key];
  if (found.is_null()) found = json::object();
  return found.if_object();
}

void item_to_beta(json::object& item) {
  json::value* content = item.if_contains("content");
  if (content == nullptr || !content->is_array()) return;
  for (json::value& part : content->get_array()) {
    if (part.is_object()) rename(part.get_object()["type"], kParts);
  }
}

// Who asked for sound got the words with it.
void modalities_to_beta(json::object& object) {
  json::value* now = object.if_contains("output_modalities");
  if (now == nullptr) return;
  const bool audio = now->is_array() && !now->get_array().empty() && now->get_array().front() == "audio";
  object.erase("output_modalities");
  object["modalities"] = audio ? json::array{"text", "audio"} : json::array{"text"};
}

void session_to_beta(json::object& session) {
  modalities_to_beta(session);
  json::object* audio = object_in(session, "audio");
  if (audio != nullptr) {
    const json::object sides = std::move(*audio);
    session.erase("audio");
    for (const Place& place : kPlaces) {
      const json::value* side = place.side.empty() ? nullptr : sides.if_contains(place.side);
      const json::value* found = side == nullptr ? nullptr : side->get_object().if_contains(place.name);
      if (found == nullptr) continue;
      session[place.flat] = *found;
      if (place.name != "format") continue;
      json::value type = found->at("type");
      rename(type, kFormats);
      session[place.flat] = std::move(type);
    }
  }
  if (json::value* most = session.if_contains("max_output_tokens")) {
    json::value kept = std::move(*most);
    session.erase("max_output_tokens");
    session["max_response_output_tokens"] = std::move(kept);
  }
  session.erase("type");
}

void response_to_beta(json::object& response) {
  modalities_to_beta(response);
  response.erase("audio");
  json::value* output = response.if_contains("output");
  if (output == nullptr || !output->is_array()) return;
  for (json::value& item : output->get_array()) item_to_beta(item.get_object());
}

}  // namespace

json::value from_beta_session(const json::value& session) {
  if (!session.is_object()) return session;
  json::object now = session.get_object();
  for (const Place& place : kPlaces) {
    json::value* found = now.if_contains(place.flat);
    if (found == nullptr) continue;
    json::value moved = std::move(*found);
    now.erase(place.flat);
    json::object* home = &now;
    if (!place.side.empty()) home = make_object(now, "audio");
    if (home != nullptr && !place.side.empty()) home = make_object(*home, place.side);
    if (home != nullptr && !home->contains(place.name)) (*home)[place.name] = std::move(moved);
  }
  return now;
}

std::optional<json::object> to_beta_event(json::object event) {
  json::value& type = event["type"];
  if (type == "conversation.item.done") return std::nullopt;
  rename(type, kEvents);
  if (json::object* item = object_in(event, "item")) item_to_beta(*item);
  if (json::object* session = object_in(event, "session")) {
    const json::value* object = session->if_contains("object");
    const bool transcribes = object != nullptr && *object == "realtime.transcription_session";
    if (transcribes && type == "session.updated") type = "transcription_session.updated";
    session_to_beta(*session);
  }
  if (json::object* response = object_in(event, "response")) response_to_beta(*response);
  return event;
}

}  // namespace parley::realtime
