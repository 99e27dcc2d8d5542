// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_channel.hpp"

#include "conversation/answer_json.hpp"
#include "realtime/base64.hpp"
#include "runtime/ids.hpp"
#include "runtime/json.hpp"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

namespace parley::realtime {
namespace json = boost::json;

using namespace conversation;

namespace {

json::object message_item(const std::string& id, std::string_view role, std::string_view status,
                          json::array content) {
  return {{"id", id},     {"object", "realtime.item"},    {"type", "message"}, {"status", status},
          {"role", role}, {"content", std::move(content)}};
}

json::array text_content(std::string_view role, const std::string& text) {
  return {{{"type", role == "assistant" ? "output_text" : "input_text"}, {"text", text}}};
}

json::array answer_content(bool audio, const std::string& text) {
  if (audio) return {{{"type", "output_audio"}, {"transcript", text}}};
  return {{{"type", "output_text"}, {"text", text}}};
}

json::object content_part(bool audio, const std::string& text) {
  if (audio) return {{"type", "audio"}, {"transcript", text}};
  return {{"type", "text"}, {"text", text}};
}

json::value status_details(const ResponseDone& done) {
  if (done.status == ResponseStatus::kCompleted) return nullptr;
  json::object details = {{"type", name(done.status)}};
  if (!done.reason.empty()) details["reason"] = done.reason;
  if (done.error) {
    const auto& row = runtime::mapping(done.error->code);
    details["error"] = {{"type", row.openai_type}, {"code", row.name}, {"message", done.error->message}};
  }
  return details;
}

json::value optional_id(const std::string& id) { return id.empty() ? json::value(nullptr) : json::value(id); }

// The words that both partials begin with.
std::string agreed_words(std::string_view a, std::string_view b) {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t same = 0;
  while (same < limit && a[same] == b[same]) ++same;
  const bool whole_word = (same == a.size() || a[same] == ' ') && (same == b.size() || b[same] == ' ');
  if (whole_word) return std::string(a.substr(0, same));
  const std::size_t space = a.substr(0, same).rfind(' ');
  return space == std::string_view::npos ? std::string() : std::string(a.substr(0, space));
}

json::object response_object(const std::string& id, std::string_view status, bool audio, json::array output) {
  return {{"object", "realtime.response"},
          {"id", id},
          {"status", status},
          {"status_details", nullptr},
          {"output", std::move(output)},
          {"output_modalities", json::array{audio ? "audio" : "text"}},
          {"usage", nullptr},
          {"metadata", nullptr}};
}

}  // namespace

OpenAiChannel::OpenAiChannel(std::function<void(std::string)> send) : send_(std::move(send)) {}

void OpenAiChannel::send(std::string_view type, json::object fields) {
  fields["type"] = type;
  fields["event_id"] = runtime::make_id("event");
  send_(runtime::to_json(fields));
}

void OpenAiChannel::deliver(ChannelEvent event) {
  std::visit([this](const auto& each) { on(each); }, event);
}

void OpenAiChannel::session_created(const json::value& session) {
  send("session.created", {{"session", session}});
}

void OpenAiChannel::session_updated(const json::value& session) {
  send("session.updated", {{"session", session}});
}

void OpenAiChannel::input_cleared() { send("input_audio_buffer.cleared", {}); }

void OpenAiChannel::item_added(const std::string& item_id, const std::string& previous_item_id,
                               std::string_view role, const std::string& text) {
  for (const char* type : {"conversation.item.added", "conversation.item.done"}) {
    send(type, {{"previous_item_id", optional_id(previous_item_id)},
                {"item", message_item(item_id, role, "completed", text_content(role, text))}});
  }
}

void OpenAiChannel::item_deleted(const std::string& item_id) {
  send("conversation.item.deleted", {{"item_id", item_id}});
}

void OpenAiChannel::item_retrieved(const std::string& item_id, std::string_view role,
                                   const std::string& text) {
  send("conversation.item.retrieved",
       {{"item", message_item(item_id, role, "completed", text_content(role, text))}});
}

void OpenAiChannel::item_truncated(const std::string& item_id, std::int64_t audio_end_ms) {
  send("conversation.item.truncated",
       {{"item_id", item_id}, {"content_index", 0}, {"audio_end_ms", audio_end_ms}});
}

void OpenAiChannel::error(const runtime::Error& problem, const std::string& event_id, std::string_view code) {
  const auto& row = runtime::mapping(problem.code);
  send("error", {{"error",
                  {{"type", row.openai_type},
                   {"code", code.empty() ? row.name : code},
                   {"message", problem.message},
                   {"param", optional_id(problem.param)},
                   {"event_id", optional_id(event_id)}}}});
}

void OpenAiChannel::on(const StateChanged& event) { send("parley.state", {{"state", name(event.to)}}); }

void OpenAiChannel::on(const UserSpeechStarted& event) {
  partial_item_ = event.item_id;
  last_partial_.clear();
  settled_.clear();
  send("input_audio_buffer.speech_started",
       {{"item_id", event.item_id}, {"audio_start_ms", event.audio_start.count()}});
}

void OpenAiChannel::on(const UserSpeechStopped& event) {
  send("input_audio_buffer.speech_stopped",
       {{"item_id", event.item_id}, {"audio_end_ms", event.audio_end.count()}});
}

void OpenAiChannel::on(const UserInputCommitted& event) {
  const json::value previous = optional_id(event.previous_item_id);
  send("input_audio_buffer.committed", {{"item_id", event.item_id}, {"previous_item_id", previous}});
  const json::array content = {{{"type", "input_audio"}, {"transcript", nullptr}}};
  for (const char* type : {"conversation.item.added", "conversation.item.done"}) {
    send(type, {{"previous_item_id", previous},
                {"item", message_item(event.item_id, "user", "completed", content)}});
  }
}

void OpenAiChannel::on(const UserInputDropped&) { input_cleared(); }

// Clients of the protocol append deltas, so only words that two partials agree on are sent as such; the
// partial as a whole goes out beside them.
void OpenAiChannel::on(const TranscriptChanged& event) {
  const std::string& words = event.transcript.spoken;
  if (event.item_id != partial_item_) {
    partial_item_ = event.item_id;
    last_partial_.clear();
    settled_.clear();
  }
  send("parley.transcript.partial", {{"item_id", event.item_id}, {"text", words}});
  const std::string agreed = agreed_words(last_partial_, words);
  last_partial_ = words;
  if (agreed.size() <= settled_.size() || !agreed.starts_with(settled_)) return;
  send("conversation.item.input_audio_transcription.delta",
       {{"item_id", event.item_id}, {"content_index", 0}, {"delta", agreed.substr(settled_.size())}});
  settled_ = agreed;
}

void OpenAiChannel::on(const TranscriptCompleted& event) {
  const double seconds = event.transcript.words.empty()
                             ? 0.0
                             : static_cast<double>(event.transcript.words.back().end.count()) / 1000.0;
  send("conversation.item.input_audio_transcription.completed",
       {{"item_id", event.item_id},
        {"content_index", 0},
        {"transcript", event.transcript.text},
        {"usage", {{"type", "duration"}, {"seconds", seconds}}}});
}

void OpenAiChannel::on(const TranscriptFailed& event) {
  const auto& row = runtime::mapping(event.error.code);
  send("conversation.item.input_audio_transcription.failed", {{"item_id", event.item_id},
                                                              {"content_index", 0},
                                                              {"error",
                                                               {{"type", row.openai_type},
                                                                {"code", row.name},
                                                                {"message", event.error.message},
                                                                {"param", nullptr}}}});
}

void OpenAiChannel::on(const ResponseStarted& event) {
  responses_[event.response_id] = {event.item_id, event.previous_item_id, event.audio, output_, {},
                                   std::nullopt};
  send("response.created",
       {{"response", response_object(event.response_id, "in_progress", event.audio, {})}});
  const json::object item = message_item(event.item_id, "assistant", "in_progress", {});
  send("response.output_item.added",
       {{"response_id", event.response_id}, {"output_index", 0}, {"item", item}});
  send("conversation.item.added",
       {{"previous_item_id", optional_id(event.previous_item_id)}, {"item", item}});
  send("response.content_part.added", {{"response_id", event.response_id},
                                       {"item_id", event.item_id},
                                       {"output_index", 0},
                                       {"content_index", 0},
                                       {"part", content_part(event.audio, "")}});
}

void OpenAiChannel::on(const ResponseText& event) {
  OpenResponse& response = responses_[event.response_id];
  response.text += event.delta;
  send(response.audio ? "response.output_audio_transcript.delta" : "response.output_text.delta",
       {{"response_id", event.response_id},
        {"item_id", event.item_id},
        {"output_index", 0},
        {"content_index", 0},
        {"delta", event.delta}});
}

void OpenAiChannel::on(const ResponseAudio& event) {
  OpenResponse& response = responses_[event.response_id];
  if (!response.resampler) {
    auto made = audio::LiveResampler::create(event.chunk.pcm.format, wire_rate(response.codec));
    if (!made) {
      error(made.error(), {});
      return;
    }
    response.resampler.emplace(std::move(*made));
  }
  send_audio(event.response_id, response, response.resampler->process(event.chunk.pcm.samples));
}

void OpenAiChannel::send_audio(const std::string& response_id, const OpenResponse& response,
                               const std::vector<std::int16_t>& samples) {
  if (samples.empty()) return;
  send("response.output_audio.delta", {{"response_id", response_id},
                                       {"item_id", response.item_id},
                                       {"output_index", 0},
                                       {"content_index", 0},
                                       {"delta", encode_base64(encode_wire(response.codec, samples))}});
}

void OpenAiChannel::on(const OutputLevelChanged& event) {
  send("parley.output",
       {{"response_id", event.response_id}, {"item_id", event.item_id}, {"level", name(event.level)}});
}

void OpenAiChannel::on(const ResponseCitations& event) {
  send("parley.citations", {{"response_id", event.response_id},
                            {"item_id", event.item_id},
                            {"citations", citations_json(event.citations)}});
}

void OpenAiChannel::on(const ResponseDone& event) {
  const auto found = responses_.find(event.response_id);
  if (found == responses_.end()) return;
  OpenResponse response = std::move(found->second);
  responses_.erase(found);
  const json::object place = {{"response_id", event.response_id},
                              {"item_id", event.item_id},
                              {"output_index", 0},
                              {"content_index", 0}};
  auto with = [&](std::string_view key, json::value value) {
    json::object fields = place;
    fields[key] = std::move(value);
    return fields;
  };
  if (response.audio) {
    if (response.resampler && event.status == ResponseStatus::kCompleted) {
      send_audio(event.response_id, response, response.resampler->flush());
    }
    send("response.output_audio.done", place);
    send("response.output_audio_transcript.done", with("transcript", json::value(response.text)));
  } else {
    send("response.output_text.done", with("text", json::value(response.text)));
  }
  send("response.content_part.done", with("part", content_part(response.audio, response.text)));
  const bool completed = event.status == ResponseStatus::kCompleted;
  const json::object item = message_item(event.item_id, "assistant", completed ? "completed" : "incomplete",
                                         answer_content(response.audio, response.text));
  send("response.output_item.done",
       {{"response_id", event.response_id}, {"output_index", 0}, {"item", item}});
  send("conversation.item.done",
       {{"previous_item_id", optional_id(response.previous_item_id)}, {"item", item}});
  json::object body = response_object(event.response_id, name(event.status), response.audio, {item});
  body["status_details"] = status_details(event);
  body["usage"] = {{"total_tokens", event.usage.input_tokens + event.usage.output_tokens},
                   {"input_tokens", event.usage.input_tokens},
                   {"output_tokens", event.usage.output_tokens}};
  send("response.done", {{"response", std::move(body)}});
}

void OpenAiChannel::on(const TurnCompleted& event) {
  const TurnRecord& turn = event.record;
  json::array marks;
  if (turn.speech_end) marks.push_back({{"name", "speech_ended"}, {"at_ms", 0}});
  for (const auto& [mark_name, at] : turn.marks) marks.push_back({{"name", mark_name}, {"at_ms", at}});
  json::object timings;
  constexpr std::pair<const char*, const char*> kTimings[] = {{"endpoint", "endpoint"},
                                                              {"asr_final", "asr_final"},
                                                              {"retrieval", "retrieval_done"},
                                                              {"llm_first_token", "llm_first_token"},
                                                              {"tts_first_audio", "tts_first_audio"},
                                                              {"voice_to_voice", "first_audio_sent"}};
  for (const auto& [key, mark_name] : kTimings) {
    if (const auto at = turn.mark(mark_name)) timings[key] = *at;
  }
  json::object engines;
  for (const auto& [role, engine] : turn.engines) engines[role] = engine;
  send("parley.turn", {{"turn_id", turn.turn_id},
                       {"item_id", turn.item_id},
                       {"response_id", turn.response_id},
                       {"transcript", turn.transcript},
                       {"spoken", turn.spoken},
                       {"corrections", conversation::corrections_json(turn.corrections)},
                       {"answer", turn.answer},
                       {"refused", turn.refused},
                       {"timings_ms", std::move(timings)},
                       {"marks", std::move(marks)},
                       {"engines", std::move(engines)}});
}

}  // namespace parley::realtime
