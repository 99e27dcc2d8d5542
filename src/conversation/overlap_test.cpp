// SPDX-License-Identifier: Apache-2.0
#include "conversation/overlap.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using enum OverlapKind;

struct Case {
  const char* words;
  double confidence;
  OverlapKind kind;
};

class Overlap : public testing::TestWithParam<Case> {};

TEST_P(Overlap, TellsWhatIsMeant) {
  EXPECT_EQ(judge_overlap(GetParam().words, GetParam().confidence), GetParam().kind) << GetParam().words;
}

INSTANTIATE_TEST_SUITE_P(
    Words, Overlap,
    testing::Values(Case{"", 1, kNothing}, Case{"mhm", 1, kBackchannel}, Case{"yeah", 0.2, kBackchannel},
                    Case{"oh i see", 1, kBackchannel}, Case{"right right okay", 1, kBackchannel},
                    Case{"got it thank you", 1, kBackchannel}, Case{"stop", 1, kInterruption},
                    Case{"wait", 0.9, kInterruption}, Case{"no", 1, kInterruption},
                    Case{"okay but what", 1, kInterruption}, Case{"and how much", 1, kInterruption},
                    Case{"hold on", 1, kInterruption}, Case{"the bicycle shop", 1, kInterruption},
                    Case{"gold on", 0.6, kInterruption}, Case{"share", 0.4, kBackchannel},
                    Case{"how", 1, kUnsure}, Case{"but when", 1, kInterruption},
                    Case{"but love", 0.5, kUnsure}, Case{"hemp", 1, kUnsure}, Case{"stop", 0.1, kUnsure},
                    Case{"the of hem", 0.1, kUnsure}, Case{"yes yes yes yes yes", 1, kInterruption}));

}  // namespace
}  // namespace parley::conversation
