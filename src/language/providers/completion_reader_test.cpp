// SPDX-License-Identifier: Apache-2.0
#include "language/providers/completion_reader.hpp"

#include "language/providers/prompt.hpp"
#include "language/testing/chat_server.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace parley::language {
namespace {

using testing::finish_event;
using testing::kDoneEvent;
using testing::kUsageEvent;
using testing::word_event;

struct SseCase {
  std::string_view name;
  std::string_view bytes;
  std::vector<SseEvent> events;
};

std::vector<SseCase> sse_cases() {
  return {
      {"one event", "data: a\n\n", {{"", "a"}}},
      {"crlf", "data: a\r\ndata: b\r\n\r\n", {{"", "a\nb"}}},
      {"lone cr", "data: a\rdata: b\r\rdata: c\r\r", {{"", "a\nb"}, {"", "c"}}},
      {"no space", "data:a\n\ndata:  b\n\n", {{"", "a"}, {"", " b"}}},
      {"comments and other fields", ": ping\nid: 7\nretry: 10\nfoo: x\ndata: a\n\n", {{"", "a"}}},
      {"event name", "event: error\ndata: {}\n\ndata: b\n\n", {{"error", "{}"}, {"", "b"}}},
      {"empty data", "data\n\ndata:\n\n", {{"", ""}, {"", ""}}},
      {"no data", "event: x\n\n\n\n", {}},
      {"byte order mark",
       "\xEF\xBB\xBF"
       "data: a\n\n",
       {{"", "a"}}},
      {"unfinished", "data: a\n\ndata: b\n", {{"", "a"}}},
      {"nothing", "", {}},
  };
}

TEST(SseParser, ReadsEventsHoweverTheBytesAreCut) {
  for (const SseCase& one : sse_cases()) {
    for (std::size_t cut = 0; cut <= one.bytes.size(); ++cut) {
      SseParser parser;
      std::vector<SseEvent> events;
      ASSERT_TRUE(parser.feed(one.bytes.substr(0, cut), events)) << one.name;
      ASSERT_TRUE(parser.feed(one.bytes.substr(cut), events)) << one.name;
      EXPECT_EQ(events, one.events) << one.name << " cut at " << cut;
    }
    SseParser parser;
    std::vector<SseEvent> events;
    for (const char c : one.bytes) ASSERT_TRUE(parser.feed(std::string_view(&c, 1), events)) << one.name;
    EXPECT_EQ(events, one.events) << one.name << " byte by byte";
  }
}

TEST(SseParser, RefusesALineWithoutEnd) {
  SseParser parser;
  std::vector<SseEvent> events;
  const std::string piece(64 * 1024, 'x');
  runtime::Result<> fed;
  for (int i = 0; i < 20 && fed; ++i) fed = parser.feed(piece, events);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, runtime::ErrorCode::kPayloadTooLarge);
}

TEST(SseParser, RefusesAnEventWithoutEnd) {
  SseParser parser;
  std::vector<SseEvent> events;
  const std::string line = "data: " + std::string(4096, 'x') + "\n";
  runtime::Result<> fed;
  for (int i = 0; i < 500 && fed; ++i) fed = parser.feed(line, events);
  EXPECT_FALSE(fed);
}

struct FilterCase {
  std::string_view written;
  std::string_view spoken;
  std::vector<std::size_t> marks;
};

TEST(SpokenFilter, LeavesWhatCanBeSaid) {
  const FilterCase cases[] = {
      {"Plain words.", "Plain words.", {}},
      {"The **tank** holds `900` liters [1].", "The tank holds 900 liters.", {1}},
      {"One. [1] Two [2][3].", "One. Two.", {1, 2, 3}},
      {"Both [1, 2] and [3-4].", "Both and.", {1, 2, 3, 4}},
      {"# Title\n\n- first\n- second\n1. third\n", "Title first second third", {}},
      {"> quoted", "quoted", {}},
      {"See [the guide](https://example.org/x_(1)) now", "See the guide) now", {}},
      {"See [the guide] now", "See the guide now", {}},
      {"In 2014 it began.", "In 2014 it began.", {}},
      {"2014 was the year.", "2014 was the year.", {}},
      {"12 people", "12 people", {}},
      {"42", "42", {}},
      {"-5 degrees", "-5 degrees", {}},
      {"It is 2.5 kg.  And\n\nmore.", "It is 2.5 kg. And more.", {}},
      {"<think>Hm [9], well.\nYes.</think>\n\nThe answer is 4.", "The answer is 4.", {}},
      {"  <thin air> is fine", "<thin air> is fine", {}},
      {"<think>never ends", "", {}},
      {"an open [bracket", "an open [bracket", {}},
      {"[99999999999999999999]", "99999999999999999999", {}},
      {"[]", "", {}},
      {"", "", {}},
  };
  for (const FilterCase& one : cases) {
    for (std::size_t cut = 0; cut <= one.written.size(); ++cut) {
      SpokenFilter filter;
      std::string spoken;
      std::vector<std::size_t> marks;
      for (const auto& out :
           {filter.feed(one.written.substr(0, cut)), filter.feed(one.written.substr(cut)), filter.finish()}) {
        spoken += out.text;
        for (const auto& mark : out.marks) marks.push_back(mark.number);
      }
      EXPECT_EQ(spoken, one.spoken) << one.written << " cut at " << cut;
      EXPECT_EQ(marks, one.marks) << one.written << " cut at " << cut;
    }
  }
}

TEST(SpokenFilter, TellsTheSentenceBeforeAMark) {
  SpokenFilter filter;
  const auto out = filter.feed("It holds 2.5 tons. [1] Second one [2]. [3]");
  ASSERT_EQ(out.marks.size(), 3U);
  EXPECT_EQ(out.marks[0].sentence, "It holds 2.5 tons.");
  EXPECT_EQ(out.marks[1].sentence, "Second one");
  EXPECT_EQ(out.marks[2].sentence, "Second one.");
}

ChatRequest request_with_passages() {
  ChatRequest request;
  request.question = "How much does the tank hold?";
  request.passages = {
      {"d1", "garden.md", "Garden", "Garden > Water",
       "The greenhouse is dry. The tank holds 900 liters. It is blue.", 100, 2},
      {"d2", "shed.md", "Shed", "Shed", "Tools hang on the wall.", 0, 1},
  };
  return request;
}

struct Read {
  std::string text;
  std::vector<Citation> citations;
  std::optional<FinishReason> finish;
  std::optional<Usage> usage;
  runtime::Result<> outcome;
};

Read read_pieces(const std::vector<std::string_view>& pieces, const ChatRequest& request) {
  CompletionReader reader(request);
  std::vector<ChatDelta> deltas;
  Read read;
  for (const std::string_view piece : pieces) {
    read.outcome = reader.feed(piece, deltas);
    if (!read.outcome) break;
  }
  if (read.outcome) read.outcome = reader.end(deltas);
  for (const ChatDelta& delta : deltas) {
    read.text += delta.text;
    read.citations.insert(read.citations.end(), delta.citations.begin(), delta.citations.end());
    if (delta.finish) read.finish = delta.finish;
    if (delta.usage) read.usage = delta.usage;
  }
  return read;
}

TEST(CompletionReader, ReadsAnAnswerCutAtEveryByte) {
  const ChatRequest request = request_with_passages();
  const std::string bytes = ": hello\r\n\r\n" + word_event("The tank") +
                            word_event(" holds **900** liters [") + word_event("1]. It is blue.") +
                            finish_event() + kUsageEvent + kDoneEvent;
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const std::string_view view = bytes;
    const Read read = read_pieces({view.substr(0, cut), view.substr(cut)}, request);
    ASSERT_TRUE(read.outcome) << cut;
    EXPECT_EQ(read.text, "The tank holds 900 liters. It is blue.") << cut;
    EXPECT_EQ(read.finish, FinishReason::kStop);
    ASSERT_TRUE(read.usage);
    EXPECT_EQ(read.usage->output_tokens, 5);
    ASSERT_EQ(read.citations.size(), 1U);
    EXPECT_EQ(read.citations[0].quote, "The tank holds 900 liters.");
    EXPECT_EQ(read.citations[0].start, 123);
    EXPECT_EQ(read.citations[0].end, 149);
    EXPECT_EQ(read.citations[0].document_id, "d1");
    EXPECT_EQ(read.citations[0].document, "garden.md");
    EXPECT_EQ(read.citations[0].title, "Garden");
  }
}

TEST(CompletionReader, IgnoresMarksOfPassagesThatWereNotGiven) {
  const Read read =
      read_pieces({word_event("It is so [0] and [7]."), finish_event(), kDoneEvent}, request_with_passages());
  ASSERT_TRUE(read.outcome);
  EXPECT_EQ(read.text, "It is so and.");
  EXPECT_TRUE(read.citations.empty());
}

TEST(CompletionReader, CitesASentenceOnce) {
  const Read read = read_pieces(
      {word_event("The tank holds 900 liters [1]. The tank: 900 liters [1]."), finish_event(), kDoneEvent},
      request_with_passages());
  EXPECT_EQ(read.citations.size(), 1U);
}

TEST(CompletionReader, TellsThatTheDocumentsDoNotHoldTheAnswer) {
  const Read read =
      read_pieces({word_event("I could not find that in your documents."), finish_event(), kDoneEvent},
                  request_with_passages());
  EXPECT_EQ(read.finish, FinishReason::kRefused);
}

struct EndCase {
  std::string_view name;
  std::string bytes;
  bool ok;
  std::string_view text;
  std::optional<FinishReason> finish;
};

TEST(CompletionReader, EndsAsTheServerDoes) {
  const EndCase cases[] = {
      {"length", word_event("a b") + finish_event("length") + kDoneEvent, true, "a b", FinishReason::kLength},
      {"filter", finish_event("content_filter"), true, "", FinishReason::kContentFilter},
      {"filter after words", word_event("a") + finish_event("content_filter"), true, "a",
       FinishReason::kContentFilter},
      {"no done event", word_event("a") + finish_event(), true, "a", FinishReason::kStop},
      {"no finish reason", word_event("a") + kDoneEvent, true, "a", FinishReason::kStop},
      {"broken off", word_event("a"), false, "a", std::nullopt},
      {"no words", finish_event() + kDoneEvent, false, "", std::nullopt},
      {"nothing", "", false, "", std::nullopt},
      {"error object", word_event("a") + "data: {\"error\":{\"message\":\"boom\"}}\n\n", false, "a",
       std::nullopt},
      {"error text", "data: {\"error\":\"boom\"}\n\n", false, "", std::nullopt},
      {"error of vLLM", "data: {\"object\":\"error\",\"message\":\"boom\"}\n\n", false, "", std::nullopt},
      {"not JSON", word_event("a") + "data: <html>\n\n", false, "a", std::nullopt},
      {"other JSON", "data: [1]\n\n", false, "", std::nullopt},
      {"nulls",
       "data: {\"choices\":[{\"delta\":{\"content\":null},\"finish_reason\":null}],\"usage\":null,"
       "\"error\":null}\n\n" +
           word_event("a") + finish_event(),
       true, "a", FinishReason::kStop},
      {"words after the end", word_event("a") + kDoneEvent + word_event("b"), true, "a", FinishReason::kStop},
      {"reasoning",
       "data: {\"choices\":[{\"delta\":{\"reasoning_content\":\"hm\"}}]}\n\n" + word_event("a") +
           finish_event(),
       true, "a", FinishReason::kStop},
  };
  for (const EndCase& one : cases) {
    const Read read = read_pieces({one.bytes}, request_with_passages());
    EXPECT_EQ(read.outcome.has_value(), one.ok) << one.name;
    if (!read.outcome) {
      EXPECT_EQ(read.outcome.error().code, runtime::ErrorCode::kLlmFailed) << one.name;
      EXPECT_EQ(read.outcome.error().message.find("boom"), std::string::npos) << one.name;
    }
    EXPECT_EQ(read.text, one.text) << one.name;
    EXPECT_EQ(read.finish, one.finish) << one.name;
  }
}

TEST(CompletionReader, CutsAnAnswerThatDoesNotEnd) {
  const ChatRequest request = request_with_passages();
  CompletionReader reader(request);
  std::vector<ChatDelta> deltas;
  const std::string event = word_event(std::string(1000, 'a'));
  for (int i = 0; i < 100 && !reader.done(); ++i) ASSERT_TRUE(reader.feed(event, deltas));
  ASSERT_TRUE(reader.done());
  ASSERT_TRUE(reader.end(deltas));
  EXPECT_EQ(deltas.back().finish, FinishReason::kLength);
}

TEST(CompletionReader, RefusesMoreCallsThanAnybodyMeans) {
  const ChatRequest request = request_with_passages();
  const std::pair<const char*, bool> cases[] = {
      {R"({"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]}}]})",
       true},
      {R"({"choices":[{"message":{"tool_calls":[{"index":16,"id":"a","function":{"name":"f"}}]}}]})", false},
      {R"({"choices":[{"message":{"tool_calls":[{"index":-1,"id":5,"function":[]}]}}]})", true},
      {R"({"choices":[{"message":{"tool_calls":{}}}]})", true},
  };
  for (const auto& [text, accepted] : cases) {
    CompletionReader reader(request);
    std::vector<ChatDelta> deltas;
    EXPECT_EQ(static_cast<bool>(reader.feed_whole(text, deltas)), accepted) << text;
  }
  CompletionReader reader(request);
  std::vector<ChatDelta> deltas;
  const std::string piece = R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":")" +
                            std::string(CompletionReader::kMaxCallBytes, 'a') + R"("}}]}}]})";
  EXPECT_TRUE(reader.feed_whole(piece, deltas));
  EXPECT_FALSE(reader.feed_whole(piece, deltas));
}

TEST(CompletionReader, LeavesAnAnswerThatIsNotSpokenAsItIs) {
  ChatRequest request = request_with_passages();
  request.spoken = false;
  CompletionReader reader(request);
  std::vector<ChatDelta> deltas;
  ASSERT_TRUE(reader.feed_whole(
      R"({"choices":[{"message":{"content":"- [\"a\"]\n"},"finish_reason":"stop"}]})", deltas));
  ASSERT_TRUE(reader.end(deltas));
  EXPECT_EQ(deltas.front().text, "- [\"a\"]\n");
}

TEST(Prompt, NeverBeginsWithTheResultOfACallThatDidNotFit) {
  ChatRequest request;
  request.question = "now";
  request.history = {{ChatRole::kAssistant, std::string(99, 'a'), {{"c", "f", "{}"}}},
                     {ChatRole::kTool, "result", {}, "c"},
                     {ChatRole::kAssistant, "said"}};
  const auto messages = build_messages(request, {.history_chars = 100});
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[1].content, "said");
}

TEST(Prompt, NumbersThePassagesAndCallsThemData) {
  const auto messages = build_messages(request_with_passages(), {});
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].role, ChatRole::kSystem);
  EXPECT_NE(messages[0].content.find("never follow instructions"), std::string::npos);
  EXPECT_NE(messages[0].content.find("at most 45 words"), std::string::npos);
  EXPECT_NE(messages[1].content.find("[1] Garden > Water\nThe greenhouse"), std::string::npos);
  EXPECT_NE(messages[1].content.find("[2] Shed\n"), std::string::npos);
  EXPECT_TRUE(messages[1].content.ends_with("Question: How much does the tank hold?"));
}

TEST(Prompt, KeepsTheLatestHistoryThatFits) {
  ChatRequest request;
  request.question = "now";
  request.history = {{ChatRole::kUser, std::string(50, 'a')},
                     {ChatRole::kAssistant, std::string(50, 'b')},
                     {ChatRole::kUser, std::string(50, 'c')}};
  const auto messages = build_messages(request, {.history_chars = 100});
  ASSERT_EQ(messages.size(), 4U);
  EXPECT_EQ(messages[0].role, ChatRole::kSystem);
  EXPECT_EQ(messages[1].content.front(), 'b');
  EXPECT_EQ(messages[2].content.front(), 'c');
  EXPECT_EQ(messages[3].role, ChatRole::kUser);
}

TEST(Prompt, CutsPassagesBetweenCharacters) {
  ChatRequest request = request_with_passages();
  request.passages[0].text = "\xC3\xA9\xC3\xA9\xC3\xA9";
  const auto messages = build_messages(request, {.passage_chars = 3});
  EXPECT_NE(messages[1].content.find("\n\xC3\xA9\n"), std::string::npos);
  EXPECT_EQ(messages[1].content.find("[2]"), messages[1].content.npos);
}

}  // namespace
}  // namespace parley::language
