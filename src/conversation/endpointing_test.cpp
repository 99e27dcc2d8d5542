// SPDX-License-Identifier: Apache-2.0
#include "conversation/endpointing.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

struct Case {
  std::string_view words;
  double answerable;
  Completeness expected;
};

class Judge : public testing::TestWithParam<Case> {};

TEST_P(Judge, TellsHowFinishedTheWordsSound) {
  EXPECT_EQ(judge(GetParam().words, GetParam().answerable), GetParam().expected) << GetParam().words;
}

INSTANTIATE_TEST_SUITE_P(
    Table, Judge,
    testing::Values(Case{"", 0, Completeness::kUnsure}, Case{"what", 0, Completeness::kUnsure},
                    Case{"how many days of leave do i get", 0, Completeness::kComplete},
                    Case{"so what is the warranty", 0, Completeness::kComplete},
                    Case{"what is the", 0, Completeness::kIncomplete},
                    Case{"how long does the battery last and", 1, Completeness::kIncomplete},
                    Case{"he went to the market", 0, Completeness::kUnsure},
                    Case{"days of leave each year", 0.9, Completeness::kComplete},
                    Case{"the red one", 0.2, Completeness::kUnsure}));

}  // namespace
}  // namespace parley::conversation
