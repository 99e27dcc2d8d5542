// SPDX-License-Identifier: Apache-2.0
#include "conversation/answerer.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "runtime/io_threads.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using ::testing::ElementsAre;

TEST(Corrected, PutsTheWordsOfTheDocumentsWhereTheMisheardOnesStand) {
  EXPECT_EQ(corrected("Where is the paladin?", {{13, 20, "paladin", "pelican"}}), "Where is the pelican?");
  EXPECT_EQ(corrected("Paladin or wire and he?",
                      {{0, 7, "paladin", "pelican"}, {11, 22, "wire and he", "warranty"}}),
            "Pelican or warranty?");
}

TEST(Corrected, LeavesWhatIsWrittenOtherwiseThanItWasSaid) {
  EXPECT_EQ(corrected("It costs $12.", {{9, 15, "twelve", "shelf"}}), "It costs $12.");
  EXPECT_EQ(corrected("The paladins", {{4, 11, "paladin", "pelican"}}), "The paladins");
  EXPECT_EQ(corrected("", {{0, 1, "a", "b"}}), "");
  EXPECT_EQ(corrected("A boat", {}), "A boat");
}

TEST(HeardQuery, CarriesWhatTheRecogniserWeighed) {
  speech::Transcript transcript;
  transcript.spoken = "the leaf policy";
  transcript.words.resize(3);
  transcript.words[1].text = "leaf";
  transcript.words[1].alternatives = {{"leave", 0.3}, {"Lee", 0.1}};
  const knowledge::Query query = heard_query(transcript);
  EXPECT_TRUE(query.heard);
  EXPECT_EQ(query.text, "the leaf policy");
  EXPECT_THAT(query.alternatives, ElementsAre(knowledge::HeardAlternative{"leaf", "leave", 0.3},
                                              knowledge::HeardAlternative{"leaf", "lee", 0.1}));
}

// Finds what it was told to, and what was mis-heard.
class Retriever final : public knowledge::Retriever {
 public:
  std::string engine() const override { return "scripted search"; }
  runtime::Task<runtime::Result<knowledge::SearchResult>> search(runtime::Context,
                                                                 knowledge::Query query) override {
    knowledge::SearchResult result;
    result.heard = query.heard;
    if (query.heard) result.corrections = {{13, 20, "paladin", "pelican"}};
    co_return result;
  }
};

runtime::Task<> ask(Answerer* answerer, knowledge::Query question) {
  const runtime::Context context;
  const auto answer = co_await answerer->ask(context, std::move(question));
  EXPECT_TRUE(answer);
}

TEST(Answerer, AnswersWhatWasMeantByASpokenQuestion) {
  runtime::IoThreads threads(1);
  const auto model = std::make_shared<testing::ScriptedModel>();
  Answerer answerer(std::make_shared<Retriever>(), model, {});
  threads.run(ask(&answerer, {.text = "Where is the paladin?", .heard = true}));
  threads.run(ask(&answerer, {.text = "Where is the paladin?"}));
  ASSERT_EQ(model->requests.size(), 2U);
  EXPECT_EQ(model->requests[0].question, "Where is the pelican?");
  EXPECT_TRUE(model->requests[0].heard);
  EXPECT_EQ(model->requests[1].question, "Where is the paladin?");
  EXPECT_FALSE(model->requests[1].heard);
}

}  // namespace
}  // namespace parley::conversation
