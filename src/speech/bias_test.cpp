// SPDX-License-Identifier: Apache-2.0
#include "speech/bias.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(Bias, HoldsTheWordsOfDocumentsAsTheyAreSaid) {
  const auto bias =
      Bias::from({.texts = {"# Rental\n\nThe **Buffalo** costs $70 a day. Founded in 2014, on the 3rd."}});
  ASSERT_TRUE(bias);
  for (const char* word : {"buffalo", "seventy", "dollars", "twenty", "fourteen", "third"}) {
    EXPECT_THAT(bias->words(), Contains(word));
  }
  EXPECT_THAT(bias->words(), Each(MatchesRegex("[a-z']+")));
  EXPECT_THAT(bias->arpa(), HasSubstr("the buffalo costs"));
}

TEST(Bias, KnowsHowPeopleAsk) {
  const auto bias = Bias::from({.texts = {"The shop opens at ten."}});
  ASSERT_TRUE(bias);
  EXPECT_THAT(bias->arpa(), HasSubstr(" <s> how much"));
  EXPECT_THAT(bias->arpa(), HasSubstr(" <s> the shop"));
}

TEST(Bias, NamesCountWithoutASentence) {
  const auto bias = Bias::from({.phrases = {"Zephyr Cargo"}});
  ASSERT_TRUE(bias);
  EXPECT_THAT(bias->arpa(), HasSubstr(" zephyr cargo"));
}

TEST(Bias, TellsWhatToPreferByItself) {
  const auto bias = Bias::from(
      {.texts = {"The Buffalo is red. Ask Anna Svensson, or Anna, about the Buffalo. Paddles are here.",
                 "A PDF is sent. Mondays are for the *Buffalo* alone."},
       .phrases = {"Returns", "Zephyr Cargo", "zephyr cargo"}});
  ASSERT_TRUE(bias);
  EXPECT_THAT(bias->phrases(), ElementsAre("zephyr cargo", "returns", "buffalo", "anna", "anna svensson"));
}

TEST(Bias, NothingToSayIsNoBias) {
  EXPECT_EQ(Bias::from({}), nullptr);
  EXPECT_EQ(Bias::from({.texts = {"", "…", "\xFF\xFE"}}), nullptr);
}

TEST(Bias, ReadsNoMoreThanItIsAllowed) {
  const auto bias = Bias::from({.texts = {"The first sentence is read.", "Zeppelins are not."}}, 3);
  ASSERT_TRUE(bias);
  EXPECT_THAT(bias->words(), Contains("sentence"));
  EXPECT_THAT(bias->words(), Not(Contains("zeppelins")));
}

}  // namespace
}  // namespace parley::speech
