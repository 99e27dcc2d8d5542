// SPDX-License-Identifier: Apache-2.0
#include "conversation/history.hpp"

#include <array>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using language::ChatRole;

HistoryItem call(const std::string& id) {
  HistoryItem item{.id = "item_" + id, .role = ChatRole::kAssistant};
  item.call = language::ToolCall{id, "weather", "{}"};
  return item;
}

HistoryItem result(const std::string& id, const std::string& text) {
  return {.id = "result_" + id, .role = ChatRole::kTool, .text = text, .call_id = id};
}

// "user: hello | assistant: let me see +2 | tool: sunny"
std::string shown(const std::vector<language::Message>& messages) {
  std::string text;
  for (const auto& message : messages) {
    constexpr std::array kRoles = {"system", "user", "assistant", "tool"};
    if (!text.empty()) text += " | ";
    text += std::string(kRoles[static_cast<std::size_t>(message.role)]) + ": " + message.content;
    if (!message.calls.empty()) text += " +" + std::to_string(message.calls.size());
  }
  return text;
}

TEST(History, TellsAModelOfCallsAndTheirResultsTogether) {
  History history;
  history.push({.id = "q", .text = "how is it in Graz and Linz"});
  history.push({.id = "a", .role = ChatRole::kAssistant, .text = "let me see"});
  history.push(call("1"));
  history.push(call("2"));
  history.push(result("2", "rain"));
  history.push({.id = "more", .text = "hurry"});
  history.push(result("1", "sun"));
  history.push(call("3"));
  history.push(result("3", "wind"));
  EXPECT_EQ(shown(history.since("q")),
            "assistant: let me see +2 | tool: sun | tool: rain | user: hurry | assistant:  +1 | tool: wind");
  EXPECT_EQ(shown(history.before("more", 100)),
            "user: how is it in Graz and Linz | assistant: let me see +2 "
            "| tool: sun | tool: rain");
  EXPECT_EQ(shown(history.before("more", 10)), "") << "results whose call did not fit";
  EXPECT_TRUE(history.ends_with_result());
}

TEST(History, LeavesOutCallsWithoutAResult) {
  History history;
  history.push({.id = "q", .text = "hello"});
  history.push(call("1"));
  HistoryItem broken = call("2");
  broken.completed = false;
  history.push(broken);
  history.push(result("2", "late"));
  EXPECT_EQ(shown(history.since("q")), "");
}

TEST(History, AnAnswerIsNoReasonToAnswerOtherwise) {
  History history;
  history.push({.id = "q", .text = "hello"});
  history.push({.id = "a", .role = ChatRole::kAssistant, .text = "hi"});
  EXPECT_EQ(history.question()->id, "q");
  EXPECT_EQ(shown(history.since("q")), "");
  history.push({.id = "s", .role = ChatRole::kSystem, .text = "be brief"});
  EXPECT_EQ(shown(history.since("q")), "assistant: hi | system: be brief");
}

TEST(History, InsertsWhereItIsTold) {
  History history;
  EXPECT_TRUE(history.insert({.id = "b"}));
  EXPECT_TRUE(history.insert({.id = "a"}, "root"));
  EXPECT_TRUE(history.insert({.id = "ab"}, "a"));
  EXPECT_EQ(history.insert({.id = "c"}, "nowhere").error().param, "previous_item_id");
  EXPECT_EQ(history.insert({.id = "a"}).error().code, runtime::ErrorCode::kConflict);
  EXPECT_EQ(history.id_before("ab"), "a");
  EXPECT_EQ(history.id_before("b"), "ab");
  EXPECT_EQ(history.id_before("a"), "");
  EXPECT_EQ(history.last_id(), "b");
}

// An exchange of twice 4 + 3 tokens.
void converse(History& history, const std::string& n) {
  history.push({.id = "q" + n, .text = "question " + n});
  history.push({.id = "a" + n, .role = ChatRole::kAssistant, .text = "an answer"});
}

TEST(History, TellsAsMuchAsThereIsRoomFor) {
  History history;
  for (const char* n : {"1", "2", "3"}) converse(history, n);
  EXPECT_EQ(shown(history.before("", 20)), "user: question 3 | assistant: an answer");
  EXPECT_EQ(shown(history.before("", 0)), "");
}

TEST(History, FoldsWholeExchangesAndTellsNoMoreOfThem) {
  History history;
  history.push({.id = "s", .role = ChatRole::kSystem, .text = "be brief"});
  for (const char* n : {"1", "2", "3", "4"}) converse(history, n);
  EXPECT_FALSE(history.foldable(100));
  const auto fold = history.foldable(40);
  ASSERT_TRUE(fold);
  EXPECT_EQ(shown(fold->messages),
            "user: question 1 | assistant: an answer | user: question 2 | assistant: an answer "
            "| user: question 3 | assistant: an answer");
  EXPECT_TRUE(history.fold(*fold));
  EXPECT_EQ(shown(history.before("", 1000)), "system: be brief | user: question 4 | assistant: an answer");
  EXPECT_NE(history.find("q1"), nullptr) << "a client still sees it";
  EXPECT_FALSE(history.foldable(40));
}

TEST(History, FoldsNothingThatHasChangedMeanwhile) {
  History history;
  for (const char* n : {"1", "2", "3"}) converse(history, n);
  const auto fold = history.foldable(20);
  ASSERT_TRUE(fold);
  history.find("a1")->text = "an";
  EXPECT_FALSE(history.fold(*fold));
  const auto again = history.foldable(20);
  EXPECT_TRUE(history.remove("q1"));
  EXPECT_FALSE(history.fold(*again));
  EXPECT_EQ(shown(history.before("a2", 100)), "assistant: an | user: question 2");
}

TEST(History, KeepsTheLastQuestionHoweverLongItIs) {
  History history;
  history.push({.id = "q", .text = std::string(4000, 'x')});
  history.push({.id = "a", .role = ChatRole::kAssistant, .text = "yes"});
  EXPECT_FALSE(history.foldable(20));
}

// Two hours of it.
TEST(History, DoesNotGrowWithTheConversation) {
  History history;
  for (int i = 0; i < 3000; ++i) {
    history.push({.id = "q" + std::to_string(i), .text = std::string(2000, 'x')});
    history.push({.id = "a" + std::to_string(i),
                  .role = ChatRole::kAssistant,
                  .text = std::string(2000, 'x'),
                  .ledger = std::make_shared<PlaybackLedger>()});
  }
  std::size_t bytes = 0;
  std::size_t ledgers = 0;
  for (int i = 0; i < 3000; ++i) {
    const HistoryItem* item = history.find("a" + std::to_string(i));
    if (item == nullptr) continue;
    bytes += item->bytes();
    if (item->ledger) ++ledgers;
  }
  EXPECT_LE(bytes, History::kMaxBytes);
  EXPECT_GT(bytes, History::kMaxBytes / 4);
  EXPECT_LE(ledgers, History::kLedgers + 1);
  EXPECT_NE(history.find("a2999")->ledger, nullptr);
}

TEST(History, HasAnEnd) {
  History history;
  for (std::size_t i = 0; i < History::kMaxItems; ++i) {
    ASSERT_TRUE(history.insert({.id = std::to_string(i), .text = "x"}));
  }
  EXPECT_EQ(history.insert({.id = "one more"}).error().code, runtime::ErrorCode::kPayloadTooLarge);
  history.push({.id = "said"});
  EXPECT_EQ(history.find("0"), nullptr);
  EXPECT_NE(history.find("1"), nullptr);

  // What is told of in a summary is needed no more.
  History told;
  while (told.items().size() + 2 <= History::kMaxItems) converse(told, std::to_string(told.items().size()));
  EXPECT_EQ(told.insert({.id = "result"}).error().code, runtime::ErrorCode::kPayloadTooLarge);
  EXPECT_TRUE(told.fold(*told.foldable(20)));
  EXPECT_TRUE(told.insert({.id = "result"}));
  EXPECT_NE(told.find("a998"), nullptr);

  History heavy;
  EXPECT_TRUE(heavy.insert({.id = "a", .text = std::string(History::kMaxBytes, 'x')}));
  EXPECT_EQ(heavy.insert({.id = "b", .text = "x"}).error().code, runtime::ErrorCode::kPayloadTooLarge);
}

}  // namespace
}  // namespace parley::conversation
