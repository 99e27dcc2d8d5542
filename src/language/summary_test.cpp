// SPDX-License-Identifier: Apache-2.0
#include "language/summary.hpp"

#include "language/providers/prompt.hpp"
#include "runtime/io_threads.hpp"

#include <gtest/gtest.h>

namespace parley::language {
namespace {

const std::vector<Message> kTurns = {{ChatRole::kUser, "When is the shop open?"},
                                     {ChatRole::kAssistant, "At ten."},
                                     {ChatRole::kUser, "And on\nSundays?"}};

TEST(QuestionsAsked, AreThoseOfTheUserInTheirWords) {
  const std::string first = questions_asked({.turns = kTurns});
  EXPECT_EQ(first, "The user asked: When is the shop open? / And on Sundays?");
  const std::string second = questions_asked({.before = first, .turns = {{ChatRole::kUser, "Why?"}}});
  EXPECT_EQ(second, first + " / Why?");
}

TEST(QuestionsAsked, DropTheOldestWhereThereIsNoRoom) {
  const std::string first = questions_asked({.turns = kTurns});
  EXPECT_EQ(questions_asked({.before = first, .turns = {{ChatRole::kUser, "Why?"}}, .max_words = 5}),
            "The user asked: And on Sundays? / Why?");
  EXPECT_EQ(questions_asked({.turns = {}}), "");
}

// Says what it was asked.
class Echo final : public ChatModel {
 public:
  explicit Echo(std::string said) : said_(std::move(said)) {}
  ModelInfo info() const override { return {"echo", "local"}; }
  runtime::Stream<ChatDelta> answer(const runtime::Context&, ChatRequest request) override {
    asked = std::move(request);
    auto [stream, writer] = runtime::make_stream<ChatDelta>(4);
    ChatDelta last;
    last.text = said_;
    last.finish = FinishReason::kStop;
    static_cast<void>(writer.push(std::move(last)));
    writer.finish();
    return std::move(stream);
  }
  ChatRequest asked;

 private:
  std::string said_;
};

runtime::Task<> summarize(ChatModel* model, SummaryRequest request, runtime::Result<std::string>* result) {
  runtime::Context context;
  *result = co_await summarize_with(model, context, std::move(request));
}

TEST(Summaries, AreMadeOfWhatWasSaid) {
  runtime::IoThreads io{1};
  Echo model("They want to know when the shop is open.");
  runtime::Result<std::string> summary = std::string();
  io.run(summarize(&model, {.before = "Their name is Kim.", .turns = kTurns, .max_words = 50}, &summary));
  ASSERT_TRUE(summary);
  EXPECT_EQ(*summary, "They want to know when the shop is open.");
  EXPECT_NE(model.asked.question.find("Their name is Kim."), std::string::npos);
  EXPECT_NE(model.asked.question.find("User: And on Sundays?\n"), std::string::npos);
  EXPECT_NE(model.asked.question.find("Assistant: At ten.\n"), std::string::npos);
  EXPECT_FALSE(model.asked.grounded);
}

TEST(Summaries, ThatSayNothingAreNone) {
  runtime::IoThreads io{1};
  Echo model(" \n");
  runtime::Result<std::string> summary = std::string();
  io.run(summarize(&model, {.turns = kTurns}, &summary));
  EXPECT_EQ(summary.error().code, runtime::ErrorCode::kLlmFailed);
}

TEST(Summaries, AreDataToTheModelThatGoesOn) {
  ChatRequest request;
  request.question = "Why?";
  request.summary = "They want a bicycle.";
  const auto messages = build_messages(request, {});
  EXPECT_EQ(messages.front().role, ChatRole::kSystem);
  EXPECT_NE(messages.front().content.find("They want a bicycle."), std::string::npos);
}

}  // namespace
}  // namespace parley::language
