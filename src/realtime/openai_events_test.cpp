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
  EXPECT_EQ(item.item.text, "hello there");
  EXPECT_EQ(item.item.role, language::ChatRole::kUser);
  EXPECT_FALSE(item.previous);
}

TEST(ClientEvents, ReadsResponseOptions) {
  EXPECT_FALSE(read_as<ResponseCreate>(R"({"type":"response.create"})").overrides.speak);
  EXPECT_EQ(read_as<ResponseCreate>(R"({"type":"response.create","response":{"output_modalities":["text"]}})")
                .overrides.speak,
            std::optional(false));
}

TEST(ClientEvents, ReadsCallsAndTheirResults) {
  const auto call = read_as<ItemCreate>(
      R"({"type":"conversation.item.create","previous_item_id":"root","item":{"type":"function_call",)"
      R"("call_id":"c","name":"weather","arguments":"{}"}})");
  EXPECT_EQ(call.item.call->name, "weather");
  EXPECT_EQ(call.previous, "root");
  const auto result = read_as<ItemCreate>(
      R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":""}})");
  EXPECT_EQ(result.item.role, language::ChatRole::kTool);
  EXPECT_EQ(result.item.call_id, "c");
}

TEST(ClientEvents, ReadsAResponseBesideTheConversation) {
  const auto create = read_as<ResponseCreate>(
      R"({"type":"response.create","response":{"conversation":"none","metadata":{"topic":"x"},)"
      R"("max_output_tokens":20,"instructions":"Classify.","tools":[{"type":"function","name":"f"}],)"
      R"("tool_choice":"required","voice":"rms","input":[{"type":"item_reference","id":"item_1"},)"
      R"({"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}]}})");
  EXPECT_FALSE(create.overrides.in_conversation);
  EXPECT_EQ(create.overrides.metadata.at("topic"), "x");
  EXPECT_EQ(create.overrides.max_output_tokens, 20);
  EXPECT_EQ(create.overrides.tools->at(0).name, "f");
  EXPECT_EQ(create.overrides.tool_choice->mode, language::ToolChoice::Mode::kRequired);
  EXPECT_EQ(create.overrides.voice, "rms");
  ASSERT_EQ(create.input->size(), 2U);
  EXPECT_EQ(std::get<std::string>(create.input->at(0)), "item_1");
  EXPECT_EQ(std::get<conversation::HistoryItem>(create.input->at(1)).text, "hi");
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
      {R"({"type":"conversation.item.create","item":{"type":"mcp_call"}})", "item.type"},
      {R"({"type":"conversation.item.create","item":{"type":"function_call"}})", "item.name"},
      {R"({"type":"conversation.item.create","item":{"type":"function_call_output","output":"x"}})",
       "item.call_id"},
      {R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":{}}})",
       "item.output"},
      {R"({"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"c","output":")" +
           std::string(200'000, 'x') + R"("}})",
       "item"},
      {R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":)"
       R"("input_image","image_url":"x"}]}})",
       "item.content.type"},
      {R"({"type":"conversation.item.create","item":{"type":"message","role":"dog"}})", "item.role"},
      {R"({"type":"conversation.item.create","item":{"type":"message","role":"user","content":[]}})",
       "item.content"},
      {R"({"type":"conversation.item.truncate","item_id":"a","audio_end_ms":-1})", "audio_end_ms"},
      {R"({"type":"conversation.item.truncate","item_id":"a","audio_end_ms":99999999999999999999})",
       "audio_end_ms"},
      {R"({"type":"conversation.item.truncate","item_id":"a"})", "audio_end_ms"},
      {R"({"type":"conversation.item.truncate","item_id":"a","audio_end_ms":1,"content_index":1})",
       "content_index"},
      {R"({"type":"conversation.item.delete"})", "item_id"},
      {R"({"type":"response.create","response":{"conversation":"other"}})", "response.conversation"},
      {R"({"type":"response.create","response":{"metadata":{"a":1}}})", "response.metadata"},
      {R"({"type":"response.create","response":{"metadata":{"a":")" + std::string(600, 'x') + R"("}}})",
       "response.metadata"},
      {R"({"type":"response.create","response":{"max_output_tokens":0}})", "response.max_output_tokens"},
      {R"({"type":"response.create","response":{"tool_choice":"maybe"}})", "response.tool_choice"},
      {R"({"type":"response.create","response":{"tools":[{"type":"mcp"}]}})", "response.tools[0].type"},
      {R"({"type":"response.create","response":{"tools":[{"name":"a b"}]}})", "response.tools[0].name"},
      {R"({"type":"response.create","response":{"input":[{"type":"message","role":"user"}]}})",
       "response.input[0].content"},
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

}  // namespace
}  // namespace parley::realtime
