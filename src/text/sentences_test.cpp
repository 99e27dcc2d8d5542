// SPDX-License-Identifier: Apache-2.0
#include "text/sentences.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> sentences(std::string_view source) {
  std::vector<std::string> out;
  for (const Span& span : split_sentences(source))
    out.emplace_back(source.substr(span.start, span.end - span.start));
  return out;
}

TEST(Sentences, EndAtPunctuation) {
  EXPECT_THAT(sentences("It rains. Does it? Yes! \"Quite.\" Fine"),
              ElementsAre("It rains.", "Does it?", "Yes!", "\"Quite.\"", "Fine"));
}

TEST(Sentences, GoOnAfterAbbreviations) {
  EXPECT_THAT(
      sentences("Ask Mr. Smith, e.g. by mail. See No. 5 of Jan. 3. It costs approx. 5 dollars etc. Then go."),
      ElementsAre("Ask Mr. Smith, e.g. by mail.", "See No. 5 of Jan. 3.", "It costs approx. 5 dollars etc.",
                  "Then go."));
  EXPECT_THAT(sentences("Bring tools, e.g. Allen keys. Dr. J. R. Brown helps."),
              ElementsAre("Bring tools, e.g. Allen keys.", "Dr. J. R. Brown helps."));
}

TEST(Sentences, EndAfterWordsThatOnlyLookLikeAbbreviations) {
  EXPECT_THAT(sentences("The answer is no. Ask again. Take plan B. It is cheap."),
              ElementsAre("The answer is no.", "Ask again.", "Take plan B.", "It is cheap."));
}

TEST(Sentences, KeepDecimalsAndTimes) {
  EXPECT_THAT(sentences("It costs $3.50 at 9.30. Fine."), ElementsAre("It costs $3.50 at 9.30.", "Fine."));
}

TEST(Sentences, MarkdownLinesStandAlone) {
  EXPECT_THAT(sentences("# Leave\nEveryone gets leave\n\n- 25 days a year\n- five more. After ten years\n"
                        "1. ask\n2) wait\n> quoted\n---\n| a | b |\n|---|---|\n| c | d |"),
              ElementsAre("Leave", "Everyone gets leave", "25 days a year", "five more.", "After ten years",
                          "ask", "wait", "quoted", "| a | b |", "| c | d |"));
}

TEST(Sentences, WrappedLinesAreOneSentence) {
  EXPECT_THAT(
      sentences("This long line is wrapped at about seventy characters, as in a letter\n"
                "or in a mail. Next one."),
      ElementsAre("This long line is wrapped at about seventy characters, as in a letter\nor in a mail.",
                  "Next one."));
}

TEST(Sentences, SpeechWithoutPunctuationIsOne) {
  EXPECT_THAT(sentences("how many days of leave do i get"), ElementsAre("how many days of leave do i get"));
}

TEST(Sentences, NothingGivesNothing) {
  EXPECT_THAT(sentences(""), IsEmpty());
  EXPECT_THAT(sentences(" \n \r\n--- \n"), IsEmpty());
  EXPECT_THAT(sentences("- \n# \n"), IsEmpty());
}

TEST(Sentences, InvalidUtf8IsTolerated) {
  const std::string source = std::string("Bad \xff byte. Next \xc3. End");
  EXPECT_THAT(split_sentences(source), ::testing::SizeIs(3));
}

}  // namespace
}  // namespace parley::text
