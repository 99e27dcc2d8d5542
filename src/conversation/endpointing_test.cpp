// SPDX-License-Identifier: Apache-2.0
#include "conversation/endpointing.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

struct Case {
  std::string_view words;
  Support support;
  Completeness expected;
};

class Judge : public testing::TestWithParam<Case> {};

TEST_P(Judge, TellsHowFinishedTheWordsSound) {
  EXPECT_EQ(judge(GetParam().words, GetParam().support), GetParam().expected) << GetParam().words;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Judge,
    testing::Values(Case{"", {}, Completeness::kIncomplete}, Case{"what", {}, Completeness::kIncomplete},
                    Case{"how many days of leave do i get", {0.5, 2}, Completeness::kComplete},
                    Case{"so what is the warranty", {0.5, 2}, Completeness::kComplete},
                    Case{"who takes care of our salaries", {0.5, 2}, Completeness::kComplete},
                    Case{"does the shop open on sunday", {0.5, 2}, Completeness::kComplete},
                    Case{"when does the shop open", {0.5, 2}, Completeness::kComplete},
                    Case{"witch doctor found the vaccine", {0.5, 2}, Completeness::kComplete},
                    Case{"please tell me the price", {0.5, 2}, Completeness::kComplete},
                    Case{"hellfire can i ride on one charge", {0.5, 2}, Completeness::kComplete},
                    Case{"how old is the moon", {}, Completeness::kUnsure},
                    Case{"what is the", {}, Completeness::kUnsure},
                    Case{"how long does the battery last and", {1, 2}, Completeness::kUnsure},
                    Case{"days of leave each year", {0.9, 2}, Completeness::kUnsure},
                    Case{"days of leave and", {0.9, 2}, Completeness::kIncomplete},
                    Case{"he went to the market", {}, Completeness::kIncomplete},
                    Case{"why it might have been in the workhouse", {}, Completeness::kIncomplete},
                    Case{"then tell him", {}, Completeness::kIncomplete},
                    Case{"and it was a matter of course", {}, Completeness::kIncomplete},
                    Case{"what he said was true", {}, Completeness::kIncomplete},
                    Case{"when however he was near", {}, Completeness::kIncomplete},
                    Case{"has never been surpassed", {}, Completeness::kIncomplete},
                    Case{"are as good as it is possible to be", {}, Completeness::kIncomplete},
                    Case{"he would not be rid of his affliction", {}, Completeness::kIncomplete}));

}  // namespace
}  // namespace parley::conversation
