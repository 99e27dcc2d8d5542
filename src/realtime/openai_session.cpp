// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_session.hpp"

#include "conversation/pronunciations.hpp"
#include "realtime/json_fields.hpp"
#include "realtime/openai_beta.hpp"
#include "realtime/openai_tools.hpp"
#include "realtime/session_json.hpp"
#include "realtime/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

namespace parley::realtime {
namespace json = boost::json;

using conversation::kSamplesPerMs;
using conversation::SessionOptions;
using runtime::Result;

namespace {

constexpr std::string_view kLogprobs = "item.input_audio_transcription.logprobs";

// Voices of OpenAI's service, which clients name by themselves: the usual voice speaks for each of them.
constexpr auto kHostedVoices =
    std::to_array<std::string_view>({"alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin",
                                     "nova", "onyx", "sage", "shimmer", "verse"});

// Reads member `key` of `object` into `codec` if it is there and not null.
Result<> read_format(const json::value& object, std::string_view key, WireCodec& codec,
                     const std::string& param) {
  const json::value* format = member(object, key);
  if (format == nullptr) return {};
  const auto read = read_wire_codec(*format, param);
  if (!read) return read.error();
  codec = *read;
  return {};
}

// A fixed silence given by the client ends every utterance alike.
void set_silence(conversation::TurnConfig& turn, std::int64_t silence_ms) {
  turn.silence_sure = turn.silence_complete = turn.silence_unsure = turn.silence_incomplete =
      silence_ms * kSamplesPerMs;
}

void scale_silence(conversation::TurnConfig& turn, double factor) {
  for (auto* silence :
       {&turn.silence_sure, &turn.silence_complete, &turn.silence_unsure, &turn.silence_incomplete}) {
    *silence = static_cast<conversation::SampleIndex>(static_cast<double>(*silence) * factor);
  }
}

Result<> read_eagerness(const std::string& eagerness, conversation::TurnConfig& turn,
                        const std::string& param) {
  if (eagerness == "low") {
    scale_silence(turn, 1.5);
  } else if (eagerness == "high") {
    scale_silence(turn, 0.75);
  } else if (eagerness != "auto" && eagerness != "medium") {
    return bad_field("expected low, medium, high or auto", param + ".eagerness");
  }
  return {};
}

Result<> read_silence(const json::value& detection, SessionOptions& options, const std::string& param) {
  std::int64_t silence_ms = 0;
  std::int64_t padding_ms = -1;
  std::int64_t idle_ms = 0;
  for (const auto& read :
       {read_member(detection, "silence_duration_ms", silence_ms, param + ".silence_duration_ms"),
        read_member(detection, "prefix_padding_ms", padding_ms, param + ".prefix_padding_ms"),
        read_member(detection, "idle_timeout_ms", idle_ms, param + ".idle_timeout_ms")}) {
    if (!read) return read.error();
  }
  const bool asks = member(detection, "idle_timeout_ms") != nullptr;
  if (asks && (idle_ms < 1000 || idle_ms > 600'000)) {
    return bad_field("expected 1000 to 600000", param + ".idle_timeout_ms");
  }
  if (asks || is_null(detection, "idle_timeout_ms"))
    options.turn.patience.ask_after = idle_ms * kSamplesPerMs;
  if (member(detection, "silence_duration_ms") != nullptr) {
    if (silence_ms < 100 || silence_ms > 10'000) {
      return bad_field("expected 100 to 10000", param + ".silence_duration_ms");
    }
    set_silence(options.turn, silence_ms);
  }
  if (member(detection, "prefix_padding_ms") == nullptr) return {};
  if (padding_ms < 0 || padding_ms > 1000)
    return bad_field("expected 0 to 1000", param + ".prefix_padding_ms");
  options.prefix_padding = std::chrono::milliseconds(padding_ms);
  return {};
}

Result<> apply_turn_detection(const json::value& input, const conversation::TurnConfig& defaults,
                              SessionSettings& settings) {
  const std::string param = "session.audio.input.turn_detection";
  conversation::TurnConfig& turn = settings.options.turn;
  if (is_null(input, "turn_detection")) {
    turn.server_vad = false;
    turn.create_response = false;
    return {};
  }
  const json::value* detection = member(input, "turn_detection");
  if (detection == nullptr) return {};
  if (!detection->is_object()) return bad_field("expected an object or null", param);
  std::string type = "server_vad";
  const auto typed = read_member(*detection, "type", type, param + ".type");
  if (!typed) return typed.error();
  if (type != "server_vad" && type != "semantic_vad") {
    return bad_field("expected server_vad or semantic_vad", param + ".type");
  }
  turn = defaults;
  settings.options.prefix_padding.reset();
  settings.semantic = type == "semantic_vad";
  settings.eagerness = "auto";
  for (const auto& read :
       {read_member(*detection, "create_response", turn.create_response, param + ".create_response"),
        read_member(*detection, "interrupt_response", turn.interrupt_response, param + ".interrupt_response"),
        read_member(*detection, "eagerness", settings.eagerness, param + ".eagerness")}) {
    if (!read) return read.error();
  }
  if (!settings.semantic) return read_silence(*detection, settings.options, param);
  return read_eagerness(settings.eagerness, turn, param);
}

Result<> apply_transcription(const json::value& input, SessionSettings& settings) {
  const std::string param = "session.audio.input.transcription";
  if (is_null(input, "transcription")) settings.transcribe = settings.transcription_only;
  const json::value* transcription = member(input, "transcription");
  if (transcription == nullptr) return {};
  if (!transcription->is_object()) return bad_field("expected an object or null", param);
  settings.transcribe = true;
  SessionOptions& options = settings.options;
  const auto language = read_member(*transcription, "language", options.language, param + ".language");
  if (!language) return language.error();
  if (!conversation::is_language_tag(options.language)) {
    return bad_field("expected a language such as en or de-AT", param + ".language");
  }
  return read_vocabulary(*transcription, options.vocabulary);
}

// What is near a microphone needs less help than what is far from it.
Result<> apply_noise_reduction(const json::value& input, SessionSettings& settings) {
  const std::string param = "session.audio.input.noise_reduction";
  if (is_null(input, "noise_reduction")) {
    settings.noise_reduction.clear();
    settings.options.preprocess.reset();
  }
  const json::value* reduction = member(input, "noise_reduction");
  if (reduction == nullptr) return {};
  std::string type;
  if (!reduction->is_object()) return bad_field("expected an object or null", param);
  const auto read = read_member(*reduction, "type", type, param + ".type");
  if (!read) return read.error();
  if (type != "near_field" && type != "far_field") {
    return bad_field("expected near_field or far_field", param + ".type");
  }
  const bool far = type == "far_field";
  settings.noise_reduction = std::move(type);
  settings.options.preprocess = audio::PreprocessConfig{
      .high_pass = true, .noise_suppression = far ? "high" : "low", .gain_control = far};
  return {};
}

Result<> apply_input(const json::value& input, const SessionOptions& defaults, SessionSettings& settings) {
  const auto format = read_format(input, "format", settings.formats.input, "session.audio.input.format");
  if (!format) return format.error();
  const auto transcription = apply_transcription(input, settings);
  if (!transcription) return transcription.error();
  const auto reduction = apply_noise_reduction(input, settings);
  if (!reduction) return reduction.error();
  return apply_turn_detection(input, defaults.turn, settings);
}

Result<> apply_output(const json::value& output, const SessionOptions& defaults, SessionSettings& settings) {
  SessionOptions& options = settings.options;
  const auto format = read_format(output, "format", settings.formats.output, "session.audio.output.format");
  if (!format) return format.error();
  const auto voice =
      read_voice(output, defaults.voice.voice, options.voice.voice, "session.audio.output.voice");
  if (!voice) return voice.error();
  const auto speed = read_member(output, "speed", options.voice.speed, "session.audio.output.speed");
  if (!speed) return speed.error();
  if (!(options.voice.speed >= 0.5 && options.voice.speed <= 2.0)) {
    return bad_field("expected 0.5 to 2.0", "session.audio.output.speed");
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

Result<> apply_tools(const json::value& session, SessionOptions& options) {
  std::optional<std::vector<language::Tool>> tools;
  std::optional<language::ToolChoice> choice;
  std::optional<std::int64_t> most;
  for (const auto& read :
       {read_tools(session, "session.", tools), read_tool_choice(session, "session.", choice),
        read_max_tokens(session, "session.", most),
        read_member(session, "parallel_tool_calls", options.parallel_tool_calls,
                    "session.parallel_tool_calls")}) {
    if (!read) return read.error();
  }
  if (tools) options.tools = std::move(*tools);
  if (choice) options.tool_choice = std::move(*choice);
  if (most) options.max_output_tokens = *most > 0 ? most : std::nullopt;
  return check_choice(options.tool_choice, options.tools, "session.");
}

Result<> apply_answers(const json::value& session, SessionOptions& options) {
  const auto read = read_member(session, "instructions", options.instructions, "session.instructions");
  if (!read) return read.error();
  if (options.instructions.size() > kLongestInstructions) {
    return bad_field("expected at most 64 KiB", "session.instructions");
  }
  if (member(session, "greeting") != nullptr) {
    const auto greeted = read_member(session, "greeting", options.greeting.emplace(), "session.greeting");
    if (!greeted) return greeted.error();
    if (options.greeting->size() > conversation::kLongestAnnouncement) {
      return bad_field("expected at most 500 bytes", "session.greeting");
    }
  }
  // A prompt that OpenAI keeps: without it the client would talk with somebody else than it thinks.
  if (member(session, "prompt") != nullptr) {
    return bad_field("there are no stored prompts here; send instructions", "session.prompt");
  }
  if (const json::value* modalities = member(session, "output_modalities")) {
    const auto audio = wants_audio(*modalities, "session.output_modalities");
    if (!audio) return audio.error();
    options.speak = *audio;
  }
  return apply_tools(session, options);
}

json::value describe_turn_detection(const SessionSettings& settings) {
  const conversation::TurnConfig& turn = settings.options.turn;
  if (!turn.server_vad) return nullptr;
  json::object detection{{"type", settings.semantic ? "semantic_vad" : "server_vad"}};
  if (settings.semantic) {
    detection["eagerness"] = settings.eagerness;
  } else {
    detection["silence_duration_ms"] = turn.silence_complete / kSamplesPerMs;
    const auto padding = settings.options.prefix_padding;
    if (padding) detection["prefix_padding_ms"] = padding->count();
  }
  if (settings.transcription_only) return detection;
  if (!settings.semantic) {
    const auto ask_after = turn.patience.ask_after / kSamplesPerMs;
    detection["idle_timeout_ms"] = ask_after > 0 ? json::value(ask_after) : json::value(nullptr);
  }
  detection["create_response"] = turn.create_response;
  detection["interrupt_response"] = turn.interrupt_response;
  return detection;
}

json::object describe_input(const SessionSettings& settings) {
  const SessionOptions& options = settings.options;
  json::value transcription = nullptr;
  if (settings.transcribe) {
    transcription = {{"language", options.language}, {"keywords", json::value_from(options.vocabulary)}};
  }
  json::value reduction = nullptr;
  if (!settings.noise_reduction.empty()) reduction = {{"type", settings.noise_reduction}};
  return {{"format", describe_wire_codec(settings.formats.input)},
          {"transcription", std::move(transcription)},
          {"noise_reduction", std::move(reduction)},
          {"turn_detection", describe_turn_detection(settings)}};
}

}  // namespace

Result<bool> wants_audio(const json::value& modalities, const std::string& param) {
  std::vector<std::string> names;
  const auto read = runtime::read_json(modalities, names);
  if (!read) return bad_field(read.error().message, param);
  if (names == std::vector<std::string>{"text"}) return false;
  if (names == std::vector<std::string>{"audio"}) return true;
  // The beta protocol asked for both when it wanted speech with its transcript.
  if (names.size() == 2 && (names[0] == "audio" || names[1] == "audio")) return true;
  return bad_field("expected [\"audio\"] or [\"text\"]", param);
}

Result<> read_voice(const json::value& output, const std::string& usual, std::string& voice,
                    const std::string& param) {
  const json::value* found = member(output, "voice");
  if (found == nullptr) return {};
  const bool referred = found->is_object();
  const auto read = read_member(referred ? *found : output, referred ? "id" : "voice", voice, param);
  if (!read) return read.error();
  if (std::ranges::find(kHostedVoices, voice) != kHostedVoices.end()) voice = usual;
  return {};
}

Result<bool> is_transcription(const json::value& session) {
  std::string type = "realtime";
  const auto read = read_member(session, "type", type, "session.type");
  if (!read) return read.error();
  if (type != "realtime" && type != "transcription") {
    return bad_field("expected realtime or transcription", "session.type");
  }
  return type == "transcription";
}

Result<> apply_session(const json::value& given, const SessionOptions& defaults, SessionSettings& settings) {
  const json::value session = from_beta_session(given);
  const auto transcription = is_transcription(session);
  if (!transcription) return transcription.error();
  if (member(session, "type") != nullptr && *transcription != settings.transcription_only) {
    return bad_field("the type of a session cannot change", "session.type");
  }
  SessionSettings changed = settings;
  const json::value* audio = member(session, "audio");
  const json::value* input = audio == nullptr ? nullptr : member(*audio, "input");
  if (input != nullptr) {
    const auto applied = apply_input(*input, defaults, changed);
    if (!applied) return applied.error();
  }
  if (const json::value* include = member(session, "include")) {
    std::vector<std::string> names;
    const auto read = runtime::read_json(*include, names);
    if (!read) return bad_field(read.error().message, "session.include");
    changed.logprobs = std::ranges::find(names, kLogprobs) != names.end();
  }
  if (const json::value* resumption = member(session, "resumption")) {
    const auto read = read_member(*resumption, "enabled", changed.resumption, "session.resumption.enabled");
    if (!read) return read.error();
  }
  if (const json::value* recording = member(session, "recording")) {
    if (!recording->is_object()) return bad_field("expected an object", "session.recording");
    const auto read =
        read_member(*recording, "consent", changed.recording_consent, "session.recording.consent");
    if (!read) return read.error();
  }
  if (settings.transcription_only) {
    changed.options.turn.create_response = false;
    settings = std::move(changed);
    return {};
  }
  const json::value* output = audio == nullptr ? nullptr : member(*audio, "output");
  if (output != nullptr) {
    const auto applied = apply_output(*output, defaults, changed);
    if (!applied) return applied.error();
  }
  const auto answers = apply_answers(session, changed.options);
  if (!answers) return answers.error();
  settings = std::move(changed);
  return {};
}

json::value describe_session(const std::string& id, const std::string& model,
                             const SessionSettings& settings) {
  const SessionOptions& options = settings.options;
  json::object session{
      {"type", settings.transcription_only ? "transcription" : "realtime"},
      {"object", settings.transcription_only ? "realtime.transcription_session" : "realtime.session"},
      {"id", id},
      {"include", settings.logprobs ? json::value(json::array{kLogprobs}) : json::value(nullptr)}};
  if (settings.resumption) session["resumption"] = json::object{{"enabled", true}};
  if (settings.recording_consent) {
    session["recording"] = describe_recording(true, settings.recording);
  }
  if (settings.transcription_only) {
    session["audio"] = json::object{{"input", describe_input(settings)}};
    return session;
  }
  session["model"] = model;
  session["output_modalities"] = json::array{options.speak ? "audio" : "text"};
  session["instructions"] = options.instructions;
  if (options.greeting) session["greeting"] = *options.greeting;
  session["tools"] = describe_tools(options.tools);
  session["tool_choice"] = describe_choice(options.tool_choice);
  session["parallel_tool_calls"] = options.parallel_tool_calls;
  session["max_output_tokens"] = describe_max_tokens(options.max_output_tokens);
  std::vector<std::string> pronunciations;
  if (options.voice.pronunciations) pronunciations = options.voice.pronunciations->rows();
  session["truncation"] = "auto";
  session["tracing"] = nullptr;
  session["prompt"] = nullptr;
  session["audio"] = json::object{{"input", describe_input(settings)},
                                  {"output",
                                   {{"format", describe_wire_codec(settings.formats.output)},
                                    {"voice", options.voice.voice},
                                    {"speed", options.voice.speed},
                                    {"pronunciations", json::value_from(pronunciations)}}}};
  return session;
}

}  // namespace parley::realtime
