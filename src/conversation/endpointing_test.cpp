// SPDX-License-Identifier: Apache-2.0
#include "conversation/endpointing.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

constexpr auto kIncomplete = Completeness::kIncomplete;
constexpr auto kUnsure = Completeness::kUnsure;
constexpr auto kComplete = Completeness::kComplete;
constexpr auto kSure = Completeness::kSure;

// Of four content words: all in the best passage, one there and one in no document, none there but all in
// other documents, all strangers.
constexpr Support kCovered{0.9, 4, 4, 0};
constexpr Support kPartly{0.3, 1, 4, 1};
constexpr Support kElsewhere{0, 0, 4, 0};
constexpr Support kStrange{0, 0, 4, 4};

struct Case {
  std::string_view words;
  Support support;
  Completeness expected;
  std::optional<double> certainty = 0.8;
  double open = 0;
  double hanging = 0;
};

class Judge : public testing::TestWithParam<Case> {};

TEST_P(Judge, TellsHowFinishedTheWordsSound) {
  const Case& one = GetParam();
  const auto certainty = one.certainty
                             ? std::optional(Certainty{*one.certainty, *one.certainty, one.open, one.hanging})
                             : std::nullopt;
  EXPECT_EQ(judge(one.words, one.support, certainty), one.expected) << one.words;
}

INSTANTIATE_TEST_SUITE_P(Questions, Judge,
                         testing::Values(Case{"how many days of leave do i get", kCovered, kSure},
                                         Case{"so what is the warranty", kCovered, kSure},
                                         Case{"who takes care of our salaries", kCovered, kSure},
                                         Case{"does the shop open on sunday", kCovered, kSure},
                                         Case{"when does the shop open", kCovered, kSure},
                                         Case{"on which date do we get our salary", kCovered, kSure},
                                         Case{"please tell me the price", kCovered, kSure},
                                         Case{"what documents do i need", kCovered, kSure},
                                         Case{"when does the shop open", kPartly, kComplete},
                                         Case{"how old is the moon", kStrange, kUnsure},
                                         Case{"what is the price", kElsewhere, kUnsure}));

INSTANTIATE_TEST_SUITE_P(
    QuestionsThatGoOn, Judge,
    testing::Values(Case{"what is the", {}, kIncomplete, 0.8, 1},
                    Case{"how long does", kCovered, kIncomplete, 0.8, 1},
                    Case{"how long does the battery last and", kCovered, kIncomplete, 0.8, 1},
                    Case{"how long does the battery last on", kCovered, kUnsure},
                    Case{"which bike should i take for", kCovered, kUnsure},
                    Case{"should i lock the bike with", kCovered, kIncomplete},
                    Case{"am i allowed to", kCovered, kIncomplete},
                    Case{"what happens when a customer", kCovered, kIncomplete},
                    Case{"what should i do if somebody", kCovered, kIncomplete},
                    Case{"what happens when a customer calls", kCovered, kSure},
                    Case{"is it true that you", kCovered, kIncomplete},
                    Case{"is that the price", kCovered, kSure},
                    Case{"why does the display say that", kCovered, kIncomplete},
                    Case{"when does the shop open and then", kCovered, kIncomplete},
                    Case{"how many days of leave", kCovered, kUnsure},
                    Case{"when will i get", kCovered, kUnsure}, Case{"can i keep", kCovered, kUnsure}));

INSTANTIATE_TEST_SUITE_P(MisheardQuestions, Judge,
                         testing::Values(Case{"witch doctor found the vaccine", kCovered, kUnsure},
                                         Case{"hellfire can i ride on one charge", kCovered, kComplete},
                                         Case{"i'm much does a battery cost", kCovered, kComplete},
                                         Case{"you takes care of our salaries", kCovered, kComplete},
                                         Case{"my brakes are loud what can i do", kElsewhere, kUnsure},
                                         Case{"days of leave each year", kCovered, kUnsure},
                                         Case{"days of leave and", kCovered, kIncomplete}));

// The last word may have been one after which more comes.
INSTANTIATE_TEST_SUITE_P(
    LastWordsThatMayGoOn, Judge,
    testing::Values(Case{"can i bring the bike back inside", kCovered, kIncomplete, 0.8, 0.5},
                    Case{"can i bring the bike back inside", kCovered, kUnsure, 0.8, 0.3},
                    Case{"can i bring the bike back inside", kCovered, kSure, 0.8, 0.05},
                    Case{"can i bring the bike back inside", kElsewhere, kIncomplete, 0.8, 0.3},
                    Case{"i work from home on monday and", kCovered, kIncomplete, 0.8, 0.3},
                    Case{"how long does insurance cost four", kCovered, kIncomplete, 0.8, 0, 0.6}));

INSTANTIATE_TEST_SUITE_P(Certainty, Judge,
                         testing::Values(Case{"when does the shop open", kCovered, kIncomplete, std::nullopt},
                                         Case{"when does the shop open", kCovered, kComplete, 0.71},
                                         Case{"when does the shop open", kCovered, kUnsure, 0.5},
                                         Case{"when does the shop open", kCovered, kIncomplete, 0.1},
                                         Case{"who had a large at present is hard", kStrange, kIncomplete,
                                              0.1},
                                         Case{"it's like they're the ticket", kCovered, kIncomplete, 0.1}));

INSTANTIATE_TEST_SUITE_P(Statements, Judge,
                         testing::Values(Case{"", {}, kIncomplete}, Case{"what", {}, kIncomplete},
                                         Case{"my order number is four five", kCovered, kIncomplete},
                                         Case{"we need bikes and we would like", kCovered, kIncomplete},
                                         Case{"he went to the market", {}, kIncomplete},
                                         Case{"first books were printed", {0.5, 2, 4, 3}, kIncomplete},
                                         Case{"why it might have been in the workhouse", {}, kIncomplete},
                                         Case{"then tell him", {}, kIncomplete},
                                         Case{"and it was a matter of course", {}, kIncomplete},
                                         Case{"what he said was true", {}, kIncomplete},
                                         Case{"in which they lived quietly", {}, kIncomplete},
                                         Case{"a letter which was a gothic form", kElsewhere, kIncomplete},
                                         Case{"when however he was near", {}, kIncomplete},
                                         Case{"has never been surpassed", {}, kIncomplete},
                                         Case{"are as good as it is possible to be", {}, kIncomplete},
                                         Case{"he would not be rid of his affliction", {}, kIncomplete}));

}  // namespace
}  // namespace parley::conversation
