// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_channel.hpp"

#include "conversation/answer_json.hpp"
#include "realtime/base64.hpp"
#include "realtime/live_session.hpp"
#include "realtime/openai_beta.hpp"
#include "realtime/openai_items.hpp"
#include "realtime/openai_tools.hpp"
#include "realtime/session_json.hpp"
#include "runtime/json.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>

namespace parley::realtime {
namespace json = boost::json;

using namespace conversation;

namespace {

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

// A token of sound is a tenth of a second, one of text a word.
json::object transcription_usage(const speech::Transcript& transcript) {
  const auto sound = (transcript.processed + 1599) / 1600;
  const auto words = static_cast<std::int64_t>(transcript.words.size());
  return {{"type", "tokens"},
          {"total_tokens", sound + words},
          {"input_tokens", sound},
          {"input_token_details", {{"text_tokens", 0}, {"audio_tokens", sound}}},
          {"output_tokens", words}};
}

json::object response_usage(const language::Usage& usage) {
  return {{"total_tokens", usage.input_tokens + usage.output_tokens},
          {"input_tokens", usage.input_tokens},
          {"input_token_details",
           {{"text_tokens", usage.input_tokens}, {"audio_tokens", 0}, {"cached_tokens", 0}}},
          {"output_tokens", usage.output_tokens},
          {"output_token_details", {{"text_tokens", usage.output_tokens}, {"audio_tokens", 0}}}};
}

// A word is a token.
json::array logprobs_of(const speech::Transcript& transcript) {
  json::array logprobs;
  for (const speech::Word& word : transcript.words) {
    json::array bytes;
    for (const char c : word.text) bytes.push_back(static_cast<unsigned char>(c));
    const double sure = std::max(word.confidence.value_or(1), 1e-6);
    logprobs.push_back({{"token", word.text}, {"logprob", std::log(sure)}, {"bytes", std::move(bytes)}});
  }
  return logprobs;
}

}  // namespace

struct OpenAiChannel::Place {
  std::string response_id;
  OpenResponse& response;
  std::size_t index;

  Output& output() const { return response.outputs[index]; }
};

OpenAiChannel::OpenAiChannel(std::function<void(std::string)> send, bool beta, OpenAiNames names)
    : send_(std::move(send)), beta_(beta), names_(std::move(names)) {}

void OpenAiChannel::configure(const SessionSettings& settings) {
  output_ = settings.formats.output;
  voice_ = settings.options.voice.voice;
  transcribe_ = settings.transcribe;
  logprobs_ = settings.logprobs;
}

void OpenAiChannel::send(std::string_view type, json::object fields) {
  fields["type"] = type;
  std::optional<json::object> event = std::move(fields);
  if (beta_) event = to_beta_event(std::move(*event));
  if (!event) return;
  (*event)["event_id"] = names_.next_event_id();
  send_(runtime::to_json(*event));
}

void OpenAiChannel::send_at(std::string_view type, const Place& place, json::object fields) {
  fields["response_id"] = place.response_id;
  fields["output_index"] = place.index;
  fields["item_id"] = place.output().item.id;
  send(type, std::move(fields));
}

std::optional<OpenAiChannel::Place> OpenAiChannel::place_of(const std::string& response_id,
                                                            const std::string& item_id) {
  const auto response = responses_.find(response_id);
  if (response == responses_.end()) return std::nullopt;
  auto& outputs = response->second.outputs;
  const auto found = std::ranges::find(outputs, item_id, [](const Output& output) { return output.item.id; });
  if (found == outputs.end()) return std::nullopt;
  return Place{response_id, response->second, static_cast<std::size_t>(found - outputs.begin())};
}

// Clients stop playing an answer at the onset of speech, if it has not ended yet: of one that is interrupted
// they hear of the onset first.
void OpenAiChannel::deliver(ChannelEvent event) {
  const auto* done = std::get_if<ResponseDone>(&event);
  const bool interrupted = done != nullptr && done->reason == "turn_detected";
  if (interrupted || (!held_.empty() && std::holds_alternative<TurnCompleted>(event))) {
    held_.push_back(std::move(event));
    return;
  }
  std::visit([this](const auto& each) { on(each); }, event);
  if (std::holds_alternative<StateChanged>(event)) return;
  for (const ChannelEvent& held : std::exchange(held_, {})) {
    std::visit([this](const auto& each) { on(each); }, held);
  }
}

void OpenAiChannel::session_created(const json::value& session) {
  send("session.created", {{"session", session}});
  send("conversation.created",
       {{"conversation", {{"id", names_.conversation_id}, {"object", "realtime.conversation"}}}});
}

void OpenAiChannel::session_updated(const json::value& session) {
  send("session.updated", {{"session", session}});
}

void OpenAiChannel::input_cleared() { send("input_audio_buffer.cleared", {}); }

void OpenAiChannel::item_added(const HistoryItem& item, const std::string& previous_item_id) {
  for (const char* type : {"conversation.item.added", "conversation.item.done"}) {
    send(type, {{"previous_item_id", optional_id(previous_item_id)}, {"item", describe_item(item)}});
  }
}

void OpenAiChannel::item_deleted(const std::string& item_id) {
  send("conversation.item.deleted", {{"item_id", item_id}});
}

void OpenAiChannel::item_retrieved(const HistoryItem& item) {
  send("conversation.item.retrieved", {{"item", describe_item(item)}});
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
  send("input_audio_buffer.committed",
       {{"item_id", event.item_id}, {"previous_item_id", optional_id(event.previous_item_id)}});
  item_added({.id = event.item_id, .spoken = true}, event.previous_item_id);
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
  if (!transcribe_ || agreed.size() <= settled_.size() || !agreed.starts_with(settled_)) return;
  send("conversation.item.input_audio_transcription.delta",
       {{"item_id", event.item_id}, {"content_index", 0}, {"delta", agreed.substr(settled_.size())}});
  settled_ = agreed;
}

void OpenAiChannel::on(const TranscriptCompleted& event) {
  if (!transcribe_) return;
  send("conversation.item.input_audio_transcription.completed",
       {{"item_id", event.item_id},
        {"content_index", 0},
        {"transcript", event.transcript.text},
        {"logprobs", logprobs_ ? json::value(logprobs_of(event.transcript)) : json::value(nullptr)},
        {"usage", transcription_usage(event.transcript)}});
}

void OpenAiChannel::on(const TranscriptFailed& event) {
  const auto& row = runtime::mapping(event.error.code);
  send("conversation.item.input_audio_transcription.failed",
       {{"item_id", event.item_id},
        {"content_index", 0},
        {"error", {{"type", row.openai_type}, {"code", row.name}, {"message", event.error.message}}}});
}

json::object OpenAiChannel::describe(const std::string& id, const OpenResponse& response,
                                     std::string_view status) const {
  json::array output;
  for (const Output& each : response.outputs) output.push_back(describe_item(each.item));
  json::object described{{"object", "realtime.response"},
                         {"id", id},
                         {"status", status},
                         {"status_details", nullptr},
                         {"output", std::move(output)},
                         {"output_modalities", json::array{response.audio ? "audio" : "text"}},
                         {"max_output_tokens", describe_max_tokens(response.max_output_tokens)},
                         {"usage", nullptr},
                         {"metadata", response.metadata}};
  described["conversation_id"] =
      optional_id(response.in_conversation ? names_.conversation_id : std::string());
  if (response.audio) {
    described["audio"] = {
        {"output", {{"format", describe_wire_codec(response.codec)}, {"voice", response.voice}}}};
  }
  return described;
}

void OpenAiChannel::on(const ResponseStarted& event) {
  OpenResponse& response = responses_[event.response_id];
  response.audio = event.audio;
  response.in_conversation = event.in_conversation;
  response.max_output_tokens = event.max_output_tokens;
  if (!event.metadata.empty()) response.metadata = json::value_from(event.metadata);
  response.codec = output_;
  response.voice = voice_;
  send("response.created", {{"response", describe(event.response_id, response, "in_progress")}});
}

void OpenAiChannel::on(const ResponseItemAdded& event) {
  const auto found = responses_.find(event.response_id);
  if (found == responses_.end()) return;
  OpenResponse& response = found->second;
  HistoryItem item{.id = event.item_id, .role = language::ChatRole::kAssistant, .spoken = response.audio};
  item.completed = false;
  item.call = event.call;
  response.outputs.push_back({std::move(item), event.previous_item_id});
  const Place place{event.response_id, response, response.outputs.size() - 1};
  json::object described = describe_item(place.output().item, "in_progress");
  if (!event.call) described["content"] = json::array{};
  send("response.output_item.added",
       {{"response_id", event.response_id}, {"output_index", place.index}, {"item", described}});
  if (response.in_conversation) {
    send("conversation.item.added",
         {{"previous_item_id", optional_id(event.previous_item_id)}, {"item", std::move(described)}});
  }
  if (event.call) return;
  send_at("response.content_part.added", place,
          {{"content_index", 0}, {"part", content_part(response.audio, "")}});
}

void OpenAiChannel::on(const ResponseText& event) {
  const auto place = place_of(event.response_id, event.item_id);
  if (!place) return;
  place->output().item.text += event.delta;
  send_at(place->response.audio ? "response.output_audio_transcript.delta" : "response.output_text.delta",
          *place, {{"content_index", 0}, {"delta", event.delta}});
}

void OpenAiChannel::on(const ResponseCallArguments& event) {
  const auto place = place_of(event.response_id, event.item_id);
  if (!place) return;
  language::ToolCall& call = *place->output().item.call;
  call.arguments += event.delta;
  send_at("response.function_call_arguments.delta", *place, {{"call_id", call.id}, {"delta", event.delta}});
}

// All that is said before a call has been said.
void OpenAiChannel::on(const ResponseCallDone& event) {
  const auto place = place_of(event.response_id, event.item_id);
  if (!place) return;
  for (std::size_t i = 0; i < place->index; ++i) {
    const Place before{event.response_id, place->response, i};
    if (!before.output().item.call) finish_message(before, true);
  }
  place->output().item.call = event.call;
  send_at("response.function_call_arguments.done", *place,
          {{"call_id", event.call.id}, {"name", event.call.name}, {"arguments", event.call.arguments}});
  finish_item(*place, "completed");
}

void OpenAiChannel::on(const ResponseAudio& event) {
  const auto place = place_of(event.response_id, event.item_id);
  if (!place) return;
  auto& resampler = place->response.resampler;
  if (!resampler) {
    auto made = audio::LiveResampler::create(event.chunk.pcm.format, wire_rate(place->response.codec));
    if (!made) {
      error(made.error(), {});
      return;
    }
    resampler.emplace(std::move(*made));
  }
  send_audio(*place, resampler->process(event.chunk.pcm.samples));
}

void OpenAiChannel::send_audio(const Place& place, const std::vector<std::int16_t>& samples) {
  if (samples.empty()) return;
  send_at("response.output_audio.delta", place,
          {{"content_index", 0}, {"delta", encode_base64(encode_wire(place.response.codec, samples))}});
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

void OpenAiChannel::finish_message(const Place& place, bool completed) {
  if (place.output().done) return;
  const std::string text = place.output().item.text;
  if (place.response.audio) {
    if (place.response.resampler && completed) send_audio(place, place.response.resampler->flush());
    send_at("response.output_audio.done", place, {{"content_index", 0}});
    send_at("response.output_audio_transcript.done", place, {{"content_index", 0}, {"transcript", text}});
  } else {
    send_at("response.output_text.done", place, {{"content_index", 0}, {"text", text}});
  }
  send_at("response.content_part.done", place,
          {{"content_index", 0}, {"part", content_part(place.response.audio, text)}});
  finish_item(place, completed ? "completed" : "incomplete");
}

void OpenAiChannel::finish_item(const Place& place, std::string_view status) {
  Output& output = place.output();
  if (output.done) return;
  output.done = true;
  output.item.completed = status == "completed";
  const json::object item = describe_item(output.item, status);
  send("response.output_item.done",
       {{"response_id", place.response_id}, {"output_index", place.index}, {"item", item}});
  if (!place.response.in_conversation) return;
  send("conversation.item.done",
       {{"previous_item_id", optional_id(output.previous_item_id)}, {"item", item}});
}

void OpenAiChannel::on(const ResponseDone& event) {
  const auto found = responses_.find(event.response_id);
  if (found == responses_.end()) return;
  OpenResponse response = std::move(found->second);
  responses_.erase(found);
  const bool completed = event.status == ResponseStatus::kCompleted;
  for (std::size_t i = 0; i < response.outputs.size(); ++i) {
    const Place place{event.response_id, response, i};
    if (place.output().item.call) {
      finish_item(place, "incomplete");
    } else {
      finish_message(place, completed);
    }
  }
  json::object body = describe(event.response_id, response, name(event.status));
  body["status_details"] = status_details(event);
  body["usage"] = response_usage(event.usage);
  send("response.done", {{"response", std::move(body)}});
}

void OpenAiChannel::on(const UserSilent& event) {
  send("input_audio_buffer.timeout_triggered", {{"item_id", event.item_id},
                                                {"audio_start_ms", event.audio_start.count()},
                                                {"audio_end_ms", event.audio_end.count()}});
}

void OpenAiChannel::on(const SessionEnding& event) {
  send("parley.session.ending", {{"left_ms", event.left.count()}});
}

void OpenAiChannel::on(const NetworkChanged& event) {
  send("parley.network", {{"tier", name(event.tier)},
                          {"round_trip_ms", event.round_trip.count()},
                          {"loss_percent", 100 * event.loss}});
}

void OpenAiChannel::on(const RecordingChanged& event) { send("parley.recording", realtime::describe(event)); }

void OpenAiChannel::on(const SessionEnded& event) {
  error({runtime::ErrorCode::kTimeout, std::string(sentence_of(event.reason))}, {}, "session_expired");
}

void OpenAiChannel::on(const TurnCompleted& event) {
  const TurnRecord& turn = event.record;
  if (turn.announced) return;
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
