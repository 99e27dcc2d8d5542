// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_events.hpp"

#include "runtime/json.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

template <class Body>
Body read_as(std::string_view text) {
  auto read = read_client_event(text);
  if (const auto* problem = std::get_if<EventProblem>(&read)) {
    ADD_FAILURE() << runtime::to_string(problem->error);
    return Body{};
  }
  return std::get<Body>(std::get<ClientEvent>(read).body);
}

TEST(ClientEvents, ReadsAudio) {
  EXPECT_EQ(read_as<AudioAppend>(R"({"type":"input_audio_buffer.append","audio":"AQD//w=="})").bytes,
            (std::vector<std::uint8_t>{1, 0, 0xFF, 0xFF}));
}

TEST(ClientEvents, ReadsATypedMessage) {
  const auto item = read_as<ItemCreate>(
      R"({"type":"conversation.item.create","item":{"type":"message","role":"user",)"
      R"("content":[{"type":"input_text","text":"hello"},{"type":"input_text","text":"there"}]}})");
  EXPECT_EQ(item.text, "hello there");
  EXPECT_EQ(item.role, language::ChatRole::kUser);
}

TEST(ClientEvents, ReadsResponseOptions) {
  EXPECT_FALSE(read_as<ResponseCreate>(R"({"type":"response.create"})").overrides.speak);
  EXPECT_EQ(read_as<ResponseCreate>(R"({"type":"response.create","response":{"output_modalities":["text"]}})")
                .overrides.speak,
            std::optional(false));
}

struct BadEvent {
  std::string text;
  std::string param;
  std::string event_id = {};
};

TEST(ClientEvents, TellsWhatIsWrong) {
  const BadEvent cases[] = {
      {"", ""},
      {"{", ""},
      {"[]", ""},
      {"\xff", ""},
      {std::string(10'000, '[') + std::string(10'000, ']'), ""},
      {R"({"type":5})", "type"},
      {R"({})", "type"},
      {R"({"type":"no.such.event","event_id":"e1"})", "type", "e1"},
      {R"({"type":"session.update"})", "session"},
      {R"({"type":"input_audio_buffer.append"})", "audio"},
      {R"({"type":"input_audio_buffer.append","audio":"a"})", "audio"},
      {R"({"type":"conversation.item.create","item":{"type":"function_call"}})", "item.type"},
      {R"({"type":"conversation.item.create","item":{"type":"message","role":"dog"}})", "item.role"},
      {R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[]}})",
       "item.content"},
      {R"({"type":"conversation.item.truncate","item_id":"a","audio_end_ms":-1})", "audio_end_ms"},
      {R"({"type":"conversation.item.truncate","item_id":"a","audio_end_ms":99999999999999999999})",
       "audio_end_ms"},
      {R"({"type":"conversation.item.delete"})", "item_id"},
      {R"({"type":"response.create","response":{"output_modalities":["video"]}})",
       "response.output_modalities"},
  };
  for (const BadEvent& each : cases) {
    const auto read = read_client_event(each.text);
    const auto* problem = std::get_if<EventProblem>(&read);
    ASSERT_NE(problem, nullptr) << each.text.substr(0, 80);
    EXPECT_EQ(problem->error.code, runtime::ErrorCode::kBadRequest) << each.text.substr(0, 80);
    EXPECT_EQ(problem->error.param, each.param) << each.text.substr(0, 80);
    EXPECT_EQ(problem->event_id, each.event_id);
  }
}

SessionSettings settings_after(std::string_view session, bool expect_success = true) {
  const conversation::SessionOptions defaults;
  SessionSettings settings;
  const auto parsed = runtime::parse_json(session);
  EXPECT_TRUE(parsed);
  const auto applied = apply_session(*parsed, defaults, settings);
  EXPECT_EQ(static_cast<bool>(applied), expect_success) << session;
  return settings;
}

conversation::SessionOptions updated(std::string_view session, bool expect_success = true) {
  return settings_after(session, expect_success).options;
}

TEST(SessionUpdates, VoicesOfTheHostedServiceAreSpokenByTheUsualOne) {
  EXPECT_EQ(updated(R"({"type":"realtime","audio":{"output":{"voice":"marin"}}})").voice.voice,
            updated(R"({"type":"realtime"})").voice.voice);
  EXPECT_EQ(updated(R"({"type":"realtime","audio":{"output":{"voice":"rms"}}})").voice.voice, "rms");
}

TEST(SessionUpdates, PronunciationsStayUntilOthersCome) {
  auto settings = settings_after(R"({"audio":{"output":{"pronunciations":["nginx=engine x"]}}})");
  const auto change = [&settings](std::string_view session) {
    return apply_session(*runtime::parse_json(session), {}, settings);
  };
  ASSERT_TRUE(change(R"({"audio":{"output":{"speed":1.2}}})"));
  const auto shown = describe_session("sess_1", "parley", settings);
  EXPECT_EQ(shown.at("audio").at("output").at("pronunciations").at(0), "nginx=engine x");
  EXPECT_EQ(change(R"({"audio":{"output":{"pronunciations":["x"]}}})").error().param,
            "session.audio.output.pronunciations");
  EXPECT_NE(settings.options.voice.pronunciations, nullptr);
  ASSERT_TRUE(change(R"({"audio":{"output":{"pronunciations":[]}}})"));
  EXPECT_EQ(settings.options.voice.pronunciations, nullptr);
}

TEST(SessionUpdates, TurnDetectionOffMeansPushToTalk) {
  const auto options = updated(R"({"type":"realtime","audio":{"input":{"turn_detection":null}}})");
  EXPECT_FALSE(options.turn.server_vad);
  EXPECT_FALSE(options.turn.create_response);
}

TEST(SessionUpdates, AFixedSilenceHoldsForEveryUtterance) {
  const auto options =
      updated(R"({"audio":{"input":{"turn_detection":{"type":"server_vad","silence_duration_ms":500}}}})");
  EXPECT_EQ(options.turn.silence_complete, 500 * conversation::kSamplesPerMs);
  EXPECT_EQ(options.turn.silence_incomplete, 500 * conversation::kSamplesPerMs);
}

TEST(SessionUpdates, AnErrorChangesNothing) {
  const auto options = updated(R"({"instructions":"new","audio":{"output":{"speed":9}}})", false);
  EXPECT_EQ(options.instructions, "");
}

TEST(SessionUpdates, TakesTheFormatsOfTelephony) {
  const auto both = settings_after(
      R"({"audio":{"input":{"format":{"type":"audio/pcmu"}},"output":{"format":{"type":"audio/pcma"}}}})");
  EXPECT_EQ(both.formats, (WireFormats{WireCodec::kMuLaw, WireCodec::kALaw}));
  const auto beta = settings_after(R"({"input_audio_format":"g711_alaw","output_audio_format":"g711_ulaw"})");
  EXPECT_EQ(beta.formats, (WireFormats{WireCodec::kALaw, WireCodec::kMuLaw}));
  const auto shown = describe_session("sess_1", "parley", both);
  EXPECT_EQ(shown.at("audio").at("input").at("format").at("type"), "audio/pcmu");
  EXPECT_EQ(shown.at("audio").at("output").at("format").at("type"), "audio/pcma");
}

TEST(SessionUpdates, RefusesFormatsItDoesNotSpeak) {
  updated(R"({"audio":{"input":{"format":{"type":"audio/opus"}}}})", false);
  updated(R"({"audio":{"output":{"format":{"type":"audio/pcm","rate":8000}}}})", false);
  updated(R"({"type":"transcription"})", false);
}

}  // namespace
}  // namespace parley::realtime
