// SPDX-License-Identifier: Apache-2.0
#include "realtime/openai_channel.hpp"

#include "runtime/json.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace conversation;
namespace json = boost::json;

struct Client {
  explicit Client(bool beta = false)
      : channel([this](std::string text) { events.push_back(runtime::parse_json(text)->as_object()); },
                beta) {}

  std::string types() const {
    std::string all;
    for (const json::object& event : events) {
      if (!all.empty()) all += ' ';
      all += std::string_view(event.at("type").as_string());
    }
    return all;
  }
  const json::object& last() const { return events.back(); }

  std::vector<json::object> events;
  OpenAiChannel channel;
};

const language::ToolCall kCall{"call_1", "weather", R"({"city":"Graz"})"};

void call_a_tool(OpenAiChannel& channel) {
  channel.deliver(ResponseItemAdded{"r", "call", "message", language::ToolCall{kCall.id, kCall.name, ""}});
  channel.deliver(ResponseCallArguments{"r", "call", kCall.arguments});
}

TEST(OpenAiChannel, TellsOfWordsAndOfTheCallBehindThem) {
  Client client;
  client.channel.deliver(ResponseStarted{"r", "message", false});
  client.channel.deliver(ResponseItemAdded{"r", "message", "q", std::nullopt});
  client.channel.deliver(ResponseText{"r", "message", "One moment."});
  call_a_tool(client.channel);
  client.channel.deliver(ResponseCallDone{"r", "call", kCall});
  client.channel.deliver(
      ResponseDone{"r", "message", ResponseStatus::kCompleted, "", "One moment.", {}, {12, 5}});
  EXPECT_EQ(client.types(),
            "response.created response.output_item.added conversation.item.added response.content_part.added "
            "response.output_text.delta response.output_item.added conversation.item.added "
            "response.function_call_arguments.delta response.output_text.done response.content_part.done "
            "response.output_item.done conversation.item.done response.function_call_arguments.done "
            "response.output_item.done conversation.item.done response.done");
  const json::object& response = client.last().at("response").as_object();
  EXPECT_EQ(response.at("status"), "completed");
  EXPECT_EQ(response.at("usage").at("total_tokens"), 17);
  const json::array& output = response.at("output").as_array();
  ASSERT_EQ(output.size(), 2U);
  EXPECT_EQ(output[0].at("content").at(0).at("text"), "One moment.");
  EXPECT_EQ(output[1].at("type"), "function_call");
  EXPECT_EQ(output[1].at("call_id"), "call_1");
  EXPECT_EQ(output[1].at("arguments"), json::string(kCall.arguments));
  EXPECT_EQ(client.events[7].at("output_index"), 1);
}

TEST(OpenAiChannel, ACallThatIsBrokenOffIsIncompleteAndNeverDone) {
  Client client;
  client.channel.deliver(ResponseStarted{"r", "message", false});
  call_a_tool(client.channel);
  client.channel.deliver(
      ResponseDone{"r", "message", ResponseStatus::kIncomplete, "max_output_tokens", "", {}, {}});
  EXPECT_EQ(client.types().find("function_call_arguments.done"), std::string::npos);
  const json::object& response = client.last().at("response").as_object();
  EXPECT_EQ(response.at("status"), "incomplete");
  EXPECT_EQ(response.at("status_details").at("reason"), "max_output_tokens");
  EXPECT_EQ(response.at("output").at(0).at("status"), "incomplete");
}

TEST(OpenAiChannel, TheConversationHearsNothingOfAnAside) {
  Client client;
  ResponseStarted started{"r", "message", false, false};
  started.metadata = {{"topic", "x"}};
  client.channel.deliver(started);
  client.channel.deliver(ResponseItemAdded{"r", "message", "", std::nullopt});
  client.channel.deliver(ResponseText{"r", "message", "en"});
  client.channel.deliver(ResponseDone{"r", "message", ResponseStatus::kCompleted, "", "en", {}, {}});
  EXPECT_EQ(client.types().find("conversation."), std::string::npos);
  const json::object& response = client.last().at("response").as_object();
  EXPECT_TRUE(response.at("conversation_id").is_null());
  EXPECT_EQ(response.at("metadata").at("topic"), "x");
}

TEST(OpenAiChannel, TellsOfTheOnsetBeforeTheAnswerThatItEnds) {
  Client client;
  client.channel.deliver(ResponseStarted{"r", "message", false});
  client.channel.deliver(
      ResponseDone{"r", "message", ResponseStatus::kCancelled, "turn_detected", "", {}, {}});
  client.channel.deliver(TurnCompleted{});
  client.channel.deliver(StateChanged{SessionState::kSpeaking, SessionState::kInterrupted});
  client.channel.deliver(UserSpeechStarted{"next", std::chrono::milliseconds(900)});
  EXPECT_EQ(client.types(),
            "response.created parley.state input_audio_buffer.speech_started response.done parley.turn");
}

TEST(OpenAiChannel, TellsOfWhatWasUnderstoodOnlyWhoWantsIt) {
  speech::Transcript transcript;
  transcript.text = "Hello";
  transcript.processed = 16'000;
  transcript.words = {{"hello", {}, {}, 0.5}};
  for (const bool wanted : {true, false}) {
    Client client;
    SessionSettings settings;
    settings.transcribe = wanted;
    settings.logprobs = true;
    client.channel.configure(settings);
    client.channel.deliver(TranscriptCompleted{"item", transcript});
    ASSERT_EQ(client.events.size(), wanted ? 1U : 0U);
    if (!wanted) continue;
    EXPECT_EQ(client.last().at("transcript"), "Hello");
    EXPECT_EQ(client.last().at("usage").at("input_tokens"), 10);
    EXPECT_NEAR(client.last().at("logprobs").at(0).at("logprob").as_double(), -0.693, 0.001);
  }
}

TEST(OpenAiChannel, SpeaksTheBeta) {
  Client client(true);
  client.channel.deliver(ResponseStarted{"r", "message", false});
  client.channel.deliver(ResponseItemAdded{"r", "message", "", std::nullopt});
  client.channel.deliver(ResponseText{"r", "message", "en"});
  client.channel.deliver(ResponseDone{"r", "message", ResponseStatus::kCompleted, "", "en", {}, {}});
  EXPECT_EQ(
      client.types(),
      "response.created response.output_item.added conversation.item.created response.content_part.added "
      "response.text.delta response.text.done response.content_part.done response.output_item.done "
      "response.done");
}

}  // namespace
}  // namespace parley::realtime
