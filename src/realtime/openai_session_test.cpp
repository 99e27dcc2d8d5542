// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_session.hpp"

#include "realtime/openai_tools.hpp"
#include "runtime/json.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

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
}

TEST(SessionUpdates, TakeTheFlatMembersOfTheBeta) {
  const auto settings = settings_after(
      R"({"modalities":["text"],"voice":"rms","speed":1.5,"max_response_output_tokens":50,"temperature":0.8,)"
      R"("input_audio_transcription":{"language":"de"},"input_audio_noise_reduction":{"type":"far_field"},)"
      R"("turn_detection":{"type":"server_vad","threshold":0.5,"prefix_padding_ms":200,"silence_duration_ms":600}})");
  EXPECT_FALSE(settings.options.speak);
  EXPECT_EQ(settings.options.voice.voice, "rms");
  EXPECT_EQ(settings.options.voice.speed, 1.5);
  EXPECT_EQ(settings.options.max_output_tokens, 50);
  EXPECT_EQ(settings.options.language, "de");
  EXPECT_EQ(settings.options.turn.silence_unsure, 600 * conversation::kSamplesPerMs);
  EXPECT_EQ(settings.options.prefix_padding, std::chrono::milliseconds(200));
  EXPECT_EQ(settings.options.preprocess->noise_suppression, "high");
}

TEST(SessionUpdates, EagernessChangesHowLongSilencesAre) {
  const auto eager = [](const std::string& how) {
    return updated(R"({"audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":")" + how +
                   R"("}}}})")
        .turn.silence_unsure;
  };
  EXPECT_LT(eager("high"), eager("medium"));
  EXPECT_EQ(eager("medium"), eager("auto"));
  EXPECT_GT(eager("low"), eager("auto"));
  const auto shown = describe_session(
      "s", "m",
      settings_after(R"({"audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"low"}}}})"));
  EXPECT_EQ(shown.at("audio").at("input").at("turn_detection").at("type"), "semantic_vad");
  EXPECT_EQ(shown.at("audio").at("input").at("turn_detection").at("eagerness"), "low");
}

TEST(SessionUpdates, ShowTheToolsThatTheyTook) {
  const auto settings = settings_after(
      R"({"tools":[{"type":"function","name":"weather","description":"d","parameters":{"type":"object"}}],)"
      R"("tool_choice":{"type":"function","name":"weather"},"parallel_tool_calls":false,"max_output_tokens":9})");
  const auto shown = describe_session("s", "m", settings);
  EXPECT_EQ(shown.at("tools").at(0).at("parameters").at("type"), "object");
  EXPECT_EQ(shown.at("tool_choice").at("name"), "weather");
  EXPECT_EQ(shown.at("parallel_tool_calls"), false);
  EXPECT_EQ(shown.at("max_output_tokens"), 9);
}

TEST(SessionUpdates, WithoutTranscriptionTheClientHearsNothingOfIt) {
  EXPECT_FALSE(settings_after(R"({"audio":{"input":{"transcription":null}}})").transcribe);
  EXPECT_TRUE(settings_after(R"({"audio":{"input":{"transcription":{"model":"whisper-1"}}}})").transcribe);
  EXPECT_TRUE(settings_after(R"({"include":["item.input_audio_transcription.logprobs"]})").logprobs);
}

TEST(SessionUpdates, SayWhenAndHowTheServerSpeaksUnasked) {
  const auto settings = settings_after(
      R"({"greeting":"Hello.","audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":6000}}}})");
  EXPECT_EQ(settings.options.turn.patience.ask_after, 6000 * conversation::kSamplesPerMs);
  EXPECT_EQ(settings.options.greeting, "Hello.");
  const auto shown = describe_session("s", "m", settings);
  EXPECT_EQ(shown.at("audio").at("input").at("turn_detection").at("idle_timeout_ms"), 6000);
  const auto unset = describe_session("s", "m", settings_after("{}"));
  EXPECT_TRUE(unset.at("audio").at("input").at("turn_detection").at("idle_timeout_ms").is_null());
}

TEST(SessionUpdates, ASessionOfTranscriptionStaysOne) {
  const conversation::SessionOptions defaults;
  SessionSettings settings;
  settings.transcription_only = true;
  const auto update = [&](std::string_view text) {
    return static_cast<bool>(apply_session(*runtime::parse_json(text), defaults, settings));
  };
  EXPECT_TRUE(
      update(R"({"type":"transcription","audio":{"input":{"turn_detection":{"type":"server_vad"}}}})"));
  EXPECT_FALSE(settings.options.turn.create_response);
  EXPECT_FALSE(update(R"({"type":"realtime"})"));
  const auto shown = describe_session("s", "m", settings);
  EXPECT_EQ(shown.at("type"), "transcription");
  EXPECT_FALSE(shown.as_object().contains("instructions"));
  updated(R"({"type":"transcription"})", false);
}

TEST(SessionUpdates, TellWhatIsWrong) {
  std::string tools = R"({"name":"f"})";
  for (std::size_t i = 0; i < kMostTools; ++i) tools += R"(,{"name":"f"})";
  const std::pair<std::string, std::string> cases[] = {
      {R"({"type":"translation"})", "session.type"},
      {R"({"prompt":{"id":"p"}})", "session.prompt"},
      {R"({"tools":{}})", "session.tools"},
      {R"({"tools":[)" + tools + "]}", "session.tools"},
      {R"({"tools":[{"name":"f","parameters":5}]})", "session.tools[0].parameters"},
      {R"({"tools":[{"name":"f","description":")" + std::string(kLongestTools, 'x') + R"("}]})",
       "session.tools"},
      {R"({"tool_choice":{"type":"function","name":"nobody"}})", "session.tool_choice.name"},
      {R"({"tool_choice":{"type":"mcp"}})", "session.tool_choice"},
      {R"({"max_output_tokens":5000})", "session.max_output_tokens"},
      {R"({"instructions":")" + std::string(70'000, 'x') + R"("})", "session.instructions"},
      {R"({"audio":{"input":{"noise_reduction":{"type":"loud"}}}})",
       "session.audio.input.noise_reduction.type"},
      {R"({"audio":{"input":{"turn_detection":{"type":"server_vad","prefix_padding_ms":9999}}}})",
       "session.audio.input.turn_detection.prefix_padding_ms"},
      {R"({"audio":{"input":{"turn_detection":{"type":"server_vad","idle_timeout_ms":5}}}})",
       "session.audio.input.turn_detection.idle_timeout_ms"},
      {R"({"greeting":")" + std::string(501, 'x') + R"("})", "session.greeting"},
      {R"({"audio":{"input":{"turn_detection":{"type":"semantic_vad","eagerness":"very"}}}})",
       "session.audio.input.turn_detection.eagerness"},
      {R"({"include":"all"})", "session.include"},
      {R"({"audio":5,"voice":"x","tools":[5]})", "session.tools[0].name"},
  };
  for (const auto& [text, param] : cases) {
    const conversation::SessionOptions defaults;
    SessionSettings settings;
    const auto applied = apply_session(*runtime::parse_json(text), defaults, settings);
    ASSERT_FALSE(applied) << text.substr(0, 100);
    EXPECT_EQ(applied.error().param, param) << text.substr(0, 100);
  }
}

}  // namespace
}  // namespace parley::realtime
