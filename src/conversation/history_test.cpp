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
  EXPECT_EQ(shown(history.before("more", 2)), "") << "results whose call did not fit";
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

TEST(History, HasAnEnd) {
  History history;
  for (std::size_t i = 0; i < History::kMaxItems; ++i) {
    ASSERT_TRUE(history.insert({.id = std::to_string(i), .text = "x"}));
  }
  EXPECT_EQ(history.insert({.id = "one more"}).error().code, runtime::ErrorCode::kPayloadTooLarge);
  history.push({.id = "said"});
  EXPECT_EQ(history.find("0"), nullptr);
  EXPECT_NE(history.find("1"), nullptr);

  History heavy;
  EXPECT_TRUE(heavy.insert({.id = "a", .text = std::string(History::kMaxBytes, 'x')}));
  EXPECT_EQ(heavy.insert({.id = "b", .text = "x"}).error().code, runtime::ErrorCode::kPayloadTooLarge);
}

}  // namespace
}  // namespace parley::conversation
