// SPDX-License-Identifier: Apache-2.0
#include "knowledge/store/hearing.hpp"

#include "knowledge/testing/library_fixture.hpp"
#include "text/numbers.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::knowledge {
namespace {

using parley::testing::TemporaryDirectory;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// "words" as "heard>word" for each guess over a small vocabulary.
std::vector<std::string> guesses(const std::string& heard, std::vector<HeardAlternative> alternatives = {}) {
  static const SoundIndex index({"pelican", "warranty", "handbook", "leave", "policy", "repair", "kit"});
  const auto tokens = text::canonical_tokens(heard);
  std::vector<std::string> out;
  const auto is_known = [](std::string_view word) {
    return index.holds(word) || word == "hand" || word == "book";
  };
  for (const Guess& guess : guess_words(tokens, alternatives, index, is_known)) {
    EXPECT_GT(guess.likelihood, 0);
    EXPECT_LE(guess.likelihood, 1);
    const std::size_t start = tokens[guess.first].start;
    out.push_back(heard.substr(start, tokens[guess.end - 1].end - start) + ">" + guess.word);
  }
  return out;
}

TEST(Hearing, GuessesTheWordOfTheDocumentsBehindAnUnknownOne) {
  EXPECT_THAT(guesses("does the paladin float"), Contains("paladin>pelican"));
  EXPECT_THAT(guesses("the leaf policy"), Contains("leaf>leave"));
}

TEST(Hearing, JoinsWordsThatWereHeardApart) {
  EXPECT_THAT(guesses("how long is the wire and he"), Contains("wire and he>warranty"));
  EXPECT_THAT(guesses("in the hand book"), Contains("hand book>handbook"));
}

TEST(Hearing, CutsWordsThatWereHeardTogether) {
  EXPECT_THAT(guesses("a repairkit"), ElementsAre("repairkit>repair", "repairkit>kit"));
}

TEST(Hearing, LeavesKnownWordsAndNumbersAlone) {
  EXPECT_THAT(guesses("the policy of 26 pelican"), IsEmpty());
  EXPECT_THAT(guesses(""), IsEmpty());
}

TEST(Hearing, TakesWhatTheRecogniserWeighedWhenTheDocumentsHoldIt) {
  const auto found = guesses("the policy", {{"policy", "leave", 0.3}, {"policy", "polish", 0.4}});
  EXPECT_THAT(found, ElementsAre("policy>leave"));
  EXPECT_THAT(guesses("the policy", {{"policy", "leave", 0.01}}), IsEmpty());
}

class HeardSearchTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(runner.index("boats.txt", "The Pelican is a rowing boat. It floats on the lake."));
    ASSERT_TRUE(runner.index("leave.txt", "The leave policy gives everybody 26 days a year."));
  }

  // Searches until the words by sound have been read, which goes on in the background.
  SearchResult heard(const std::string& text, const std::string& awaited,
                     const runtime::Context& context = {}) {
    SearchResult found;
    for (int i = 0; i < 100'000; ++i) {
      found = search(text, context);
      if (!found.hits.empty() && found.hits.front().filename == awaited) break;
      runner.run(runner.library().list(context)).value();
    }
    return found;
  }

  SearchResult search(const std::string& text, const runtime::Context& context = {}) {
    const auto retriever = runner.library().retriever();
    return runner.run(retriever->search(context, {.text = text, .heard = true})).value();
  }

  TemporaryDirectory folder;
  testing::LibraryRunner runner{folder.path()};
};

TEST_F(HeardSearchTest, AMisheardWordStillFindsItsDocument) {
  const SearchResult found = heard("where is the paladin", "boats.txt");
  ASSERT_FALSE(found.hits.empty());
  EXPECT_EQ(found.hits.front().filename, "boats.txt");
  EXPECT_THAT(found.unknown_stems, ElementsAre("paladin"));
}

TEST_F(HeardSearchTest, SaysWhichWordOfTheBestHitStandsForWhatWasHeard) {
  ASSERT_TRUE(runner.index("warranty.txt", "The warranty lasts ten years."));
  const SearchResult found = heard("what about the wire and he", "warranty.txt");
  EXPECT_THAT(found.corrections, ElementsAre(Correction{15, 26, "wire and he", "warranty"}));
}

TEST_F(HeardSearchTest, ATypedWordIsNotTakenForAnother) {
  heard("where is the paladin", "boats.txt");
  EXPECT_THAT(runner.search("where is the paladin").hits, IsEmpty());
}

TEST_F(HeardSearchTest, WordsOfNewDocumentsAreTakenUp) {
  heard("where is the paladin", "boats.txt");
  ASSERT_TRUE(runner.index("warranty.txt", "The warranty lasts ten years."));
  const SearchResult found = heard("what about the wire and he", "warranty.txt");
  ASSERT_FALSE(found.hits.empty());
  EXPECT_EQ(found.hits.front().filename, "warranty.txt");
}

TEST_F(HeardSearchTest, NeverGuessesFromTheDocumentsOfAnotherTenant) {
  heard("where is the paladin", "boats.txt");
  runtime::Context other;
  other.tenant = "other";
  ASSERT_TRUE(runner.index("hats.txt", "A hat keeps the rain off. The leaf is green.", other));
  heard("where is the hut", "hats.txt", other);
  const SearchResult found = search("where is the paladin", other);
  EXPECT_THAT(found.hits, IsEmpty());
  EXPECT_THAT(found.corrections, IsEmpty());
}

}  // namespace
}  // namespace parley::knowledge
