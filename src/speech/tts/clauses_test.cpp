// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/clauses.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

std::vector<std::string> clauses_of(const std::string& text) {
  const auto speakable = text::speakable(text);
  std::vector<std::string> parts;
  for (const auto& clause : split_clauses(speakable)) {
    const auto begin = speakable.words[clause.first].start;
    parts.push_back(speakable.text.substr(begin, speakable.words[clause.end - 1].end - begin));
  }
  return parts;
}

using Parts = std::vector<std::string>;

TEST(SplitClauses, LeavesAShortSentenceWhole) {
  EXPECT_EQ(clauses_of("Yes, the warranty lasts for two years."),
            Parts{"Yes, the warranty lasts for two years."});
  EXPECT_EQ(clauses_of(""), Parts{});
}

TEST(SplitClauses, BeginsWithAsMuchAsFitsUpToPunctuation) {
  EXPECT_EQ(
      clauses_of("Yes, you can return the bike within thirty days, and we refund the full price, as long as "
                 "it is clean and nothing is missing."),
      (Parts{"Yes, you can return the bike within thirty days,",
             "and we refund the full price, as long as it is clean and nothing is missing."}));
}

TEST(SplitClauses, CutsBeforeAPhraseWhereNothingElseDivides) {
  EXPECT_EQ(
      clauses_of(
          "The company was founded by two engineers who wanted to build a bicycle that an ordinary person "
          "could repair at home."),
      (Parts{"The company was founded by two engineers who wanted to build a bicycle",
             "that an ordinary person could repair at home."}));
}

TEST(SplitClauses, CutsAnywhereRatherThanWait) {
  std::string words;
  for (int i = 0; i < 60; ++i) words += "wheel ";
  const auto parts = clauses_of(words);
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_LE(parts[0].size(), 90u);
  EXPECT_LE(parts[1].size(), 150u);
}

TEST(SplitClauses, PausesAsThePunctuationAsks) {
  const std::string part = "this is a part of a sentence that takes its time to end";
  const struct {
    const char* mark;
    long pause_ms;
  } rows[] = {{",", 130}, {";", 180}, {":", 180}, {".", 220}, {"?", 220}, {"", 30}};
  for (const auto& row : rows) {
    const auto clauses = split_clauses(text::speakable(part + row.mark + " and " + part));
    ASSERT_EQ(clauses.size(), 2u) << row.mark;
    EXPECT_EQ(clauses[0].pause.count(), row.pause_ms) << row.mark;
    EXPECT_EQ(clauses[1].pause.count(), 220) << row.mark;
  }
}

TEST(SplitClauses, CoversEveryWordOnce) {
  for (const std::string unit : {"a ", "a, ", "incomprehensibilities ", "and ", "1. "}) {
    std::string text;
    while (text.size() < 2000) text += unit;
    text += std::string(500, 'x');
    const auto speakable = text::speakable(text);
    std::size_t next = 0;
    for (const auto& clause : split_clauses(speakable)) {
      EXPECT_EQ(clause.first, next);
      EXPECT_LT(clause.first, clause.end);
      next = clause.end;
    }
    EXPECT_EQ(next, speakable.words.size()) << unit;
  }
}

}  // namespace
}  // namespace parley::speech
