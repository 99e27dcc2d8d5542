// SPDX-License-Identifier: Apache-2.0
#include "text/word_error_rate.hpp"

#include <gtest/gtest.h>

namespace parley::text {
namespace {

using Words = std::vector<std::string>;

TEST(ComparableWords, DropCaseAndPunctuation) {
  EXPECT_EQ(comparable_words("Now, as ALL books -- not \"primarily\"..."),
            (Words{"now", "as", "all", "books", "not", "primarily"}));
}

TEST(ComparableWords, KeepApostrophesOnlyInsideWords) {
  EXPECT_EQ(comparable_words("'Don\xE2\x80\x99t' say the boys' o'clock"),
            (Words{"don't", "say", "the", "boys", "o'clock"}));
}

TEST(ComparableWords, HyphensAreGaps) {
  EXPECT_EQ(comparable_words("picture-books"), (Words{"picture", "books"}));
}

TEST(ComparableWords, OneFormForTitles) {
  EXPECT_EQ(comparable_words("Mr. Quilter and Mrs. Dr. Smith, OK"),
            comparable_words("mister quilter and missus doctor smith okay"));
}

TEST(ComparableWords, NothingInNothing) { EXPECT_TRUE(comparable_words(" ' -- !").empty()); }

TEST(WordErrors, CountsEachKindOnce) {
  const Words said{"a", "b", "c", "d"};
  EXPECT_EQ(word_errors(said, said), 0U);
  EXPECT_EQ(word_errors(said, {"a", "x", "c", "d"}), 1U);       // replaced
  EXPECT_EQ(word_errors(said, {"a", "c", "d"}), 1U);            // left out
  EXPECT_EQ(word_errors(said, {"a", "b", "b", "c", "d"}), 1U);  // put in
  EXPECT_EQ(word_errors(said, {}), 4U);
  EXPECT_EQ(word_errors({}, said), 4U);
}

TEST(WordErrorRate, PoolsWordsOverRecordings) {
  WordErrorRate rate;
  EXPECT_EQ(rate.percent(), 0);
  rate.add("one two three four five six seven eight", "one two three four five six seven eight");
  rate.add("yes no", "yes maybe no");
  EXPECT_EQ(rate.words(), 10U);
  EXPECT_EQ(rate.errors(), 1U);
  EXPECT_DOUBLE_EQ(rate.percent(), 10);
}

}  // namespace
}  // namespace parley::text
