// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_beta.hpp"

#include "realtime/openai_session.hpp"
#include "runtime/json.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

std::string beta(std::string_view event) {
  const auto written = to_beta_event(runtime::parse_json(event)->get_object());
  return written ? runtime::to_json(*written) : "nothing";
}

TEST(BetaNames, OfEvents) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"type":"response.output_audio.delta","delta":"AA=="})",
       R"({"type":"response.audio.delta","delta":"AA=="})"},
      {R"({"type":"response.output_text.done"})", R"({"type":"response.text.done"})"},
      {R"({"type":"conversation.item.done","item":{}})", "nothing"},
      {R"({"type":"conversation.item.added","item":{"content":[{"type":"output_audio","transcript":"a"}]}})",
       R"({"type":"conversation.item.created","item":{"content":[{"type":"audio","transcript":"a"}]}})"},
      {R"({"type":"response.done","response":{"output":[{"content":[{"type":"output_text"}]}],)"
       R"("output_modalities":["audio"]}})",
       R"({"type":"response.done","response":{"output":[{"content":[{"type":"text"}]}],)"
       R"("modalities":["text","audio"]}})"},
      {R"({"type":"session.updated","session":{"object":"realtime.transcription_session"}})",
       R"({"type":"transcription_session.updated","session":{"object":"realtime.transcription_session"}})"},
      {R"({"type":"error","error":{"message":"x"}})", R"({"type":"error","error":{"message":"x"}})"},
  };
  for (const auto& [event, expected] : cases) EXPECT_EQ(beta(event), expected);
}

TEST(BetaNames, OfASessionThatIsShownAndSentBack) {
  SessionSettings settings;
  settings.formats = {WireCodec::kMuLaw, WireCodec::kALaw};
  settings.options.voice.voice = "rms";
  settings.options.max_output_tokens = 7;
  boost::json::object event{{"type", "session.updated"}, {"session", describe_session("s", "m", settings)}};
  const auto shown = to_beta_event(std::move(event))->at("session");
  EXPECT_EQ(shown.at("input_audio_format"), "g711_ulaw");
  EXPECT_EQ(shown.at("output_audio_format"), "g711_alaw");
  EXPECT_EQ(shown.at("voice"), "rms");
  EXPECT_EQ(shown.at("max_response_output_tokens"), 7);
  EXPECT_EQ(shown.at("turn_detection").at("type"), "server_vad");
  EXPECT_FALSE(shown.as_object().contains("audio"));
  SessionSettings back;
  ASSERT_TRUE(apply_session(shown, {}, back));
  EXPECT_EQ(back.formats, settings.formats);
  EXPECT_EQ(back.options.voice.voice, "rms");
  EXPECT_EQ(back.options.max_output_tokens, 7);
}

}  // namespace
}  // namespace parley::realtime
