// SPDX-License-Identifier: Apache-2.0
#include "language/models/answer_kind.hpp"

#include "text/numbers.hpp"

#include <string_view>

#include <gtest/gtest.h>

namespace parley::language {
namespace {

double time_fit(std::string_view sentence, std::string_view asked = "workshop") {
  Question question;
  question.kind = AnswerKind::kTime;
  question.terms.emplace_back().stem = text::stem(asked);
  return kind_fit(question, sentence, text::canonical_tokens(sentence));
}

TEST(AnswerKind, KnowsATimeInEverySpelling) {
  for (const std::string_view sentence :
       {"The workshop opens on Friday.", "The workshop is open on Fridays and on weekdays.",
        "Deliveries come on Tuesday mornings.", "The workshop opens at 9:30.",
        "The workshop opens at quarter past nine.", "It closes at a quarter to six.",
        "Work begins at half past five.", "It rings at 5 minutes past 9.", "The shop opens at nine thirty.",
        "The tour starts at 9 am.", "The tour starts at 9 p.m. sharp.", "Doors close at eight o\u2019clock.",
        "The workshop opens at 9.", "Somebody is there from 9 to 5.", "The bill is due on the 3rd."}) {
    EXPECT_EQ(time_fit(sentence), 1) << sentence;
  }
}

TEST(AnswerKind, TakesNoOtherNumberForATime) {
  for (const std::string_view sentence :
       {"The workshop has 12 benches.", "The oven runs at 24 degrees.",
        "It costs nine hundred thirty dollars.", "The workshop is behind the shop.",
        "The room holds two and a half tons.", "Call 930 when it rings."}) {
    EXPECT_EQ(time_fit(sentence), -1) << sentence;
  }
}

TEST(AnswerKind, DoesNotTakeTheDayThatWasAskedAboutForTheTime) {
  EXPECT_EQ(time_fit("The workshop is loud on Fridays.", "friday"), -1);
}

double fit(AnswerKind kind, std::string_view sentence) {
  Question question;
  question.kind = kind;
  return kind_fit(question, sentence, text::canonical_tokens(sentence));
}

TEST(AnswerKind, TakesANamedPlaceBeforeAnyOther) {
  EXPECT_EQ(fit(AnswerKind::kPlace, "The shop is at 40 Market Square."), 1);
  EXPECT_EQ(fit(AnswerKind::kPlace, "The fair is held in Denver."), 1);
  EXPECT_LT(fit(AnswerKind::kPlace, "Notes are posted in the kitchen."), 1);
  EXPECT_GT(fit(AnswerKind::kPlace, "Notes are posted in the kitchen."), 0);
  EXPECT_LT(fit(AnswerKind::kPlace, "The shop opens in April."), 1);
  EXPECT_LT(fit(AnswerKind::kPlace, "Notes are posted daily."), 0);
}

TEST(AnswerKind, TakesALengthOfTextForHowLong) {
  EXPECT_GT(fit(AnswerKind::kDuration, "A password has at least 14 characters."), 0.5);
  EXPECT_EQ(fit(AnswerKind::kDuration, "The trial lasts 4 months."), 1);
  EXPECT_EQ(fit(AnswerKind::kDuration, "There are 6 spaces."), 0);
}

TEST(AnswerKind, TakesWhatAllowsOrForbidsForMayI) {
  EXPECT_GT(fit(AnswerKind::kPermission, "A dog may travel in the box."), 0);
  EXPECT_GT(fit(AnswerKind::kPermission, "Headphones are not allowed."), 0);
  EXPECT_EQ(fit(AnswerKind::kPermission, "The box is deep."), 0);
}

}  // namespace
}  // namespace parley::language
