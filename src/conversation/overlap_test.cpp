// SPDX-License-Identifier: Apache-2.0
#include "conversation/overlap.hpp"

#include <string>
#include <vector>

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
                    Case{"how", 1, kUnsure}, Case{"go back", 0.5, kInterruption},
                    Case{"go back", 0.3, kUnsure}, Case{"how much", 0.5, kInterruption},
                    Case{"not now", 0.8, kInterruption}, Case{"good on", 0.5, kInterruption},
                    Case{"makes sense", 0.2, kBackchannel}, Case{"no problem", 0.9, kBackchannel},
                    Case{"but when", 1, kInterruption}, Case{"but love", 0.5, kUnsure},
                    Case{"hemp", 1, kUnsure}, Case{"stop", 0.1, kUnsure}, Case{"the of hem", 0.1, kUnsure},
                    Case{"yes yes yes yes yes", 1, kBackchannel},
                    Case{"that sounds very good", 1, kBackchannel}, Case{"oh i can imagine", 1, kBackchannel},
                    Case{"how nice", 1, kBackchannel}, Case{"fantastic", 0.4, kBackchannel},
                    Case{"i didn't know", 1, kBackchannel}, Case{"i didn't know about it", 1, kInterruption},
                    Case{"that's not right", 1, kInterruption}, Case{"how good is it", 1, kInterruption},
                    Case{"is that right", 1, kInterruption}, Case{"that is it", 1, kInterruption},
                    Case{"i know the price", 1, kInterruption}, Case{"to", 1, kUnsure},
                    Case{"m m h", 1, kBackchannel}, Case{"but", 0.9, kUnsure},
                    Case{"but it", 0.7, kBackchannel}, Case{"but he eight", 0.7, kUnsure},
                    Case{"but wait", 0.7, kInterruption}));

struct FitCase {
  const char* words;
  double confidence;
  std::vector<double> fits;
  OverlapKind kind;
};

class OverlapThatFits : public testing::TestWithParam<FitCase> {};

TEST_P(OverlapThatFits, IsWhatItSoundsLikeWhereTheWordsAreOdd) {
  const auto& [words, confidence, fits, kind] = GetParam();
  EXPECT_EQ(judge_overlap(words, confidence, fits), kind) << words;
}

INSTANTIATE_TEST_SUITE_P(
    Words, OverlapThatFits,
    testing::Values(
        FitCase{"chuck", 0.9, {1.4, 0.2}, kInterruption}, FitCase{"chuck", 0.9, {1.4, 1.0}, kUnsure},
        FitCase{"chuck", 0.9, {1.4, 0.7}, kInterruption}, FitCase{"chuck", 0.4, {1.4, 0.7}, kUnsure},
        FitCase{"they", 0.9, {1.8, 1.2}, kUnsure}, FitCase{"book eight", 0.6, {-1.7, -0.3}, kBackchannel},
        FitCase{"book eight", 0.6, {-1.5, -0.5}, kBackchannel},
        FitCase{"book eight", 0.6, {-0.9, -0.3}, kInterruption},
        FitCase{"but shop", 0.3, {0.2, -0.6}, kUnsure}, FitCase{"but a year", 0.7, {1.3, 0.1}, kUnsure},
        FitCase{"but it", 0.4, {1.3, 0}, kBackchannel}, FitCase{"but wait", 0.7, {1.3, 0}, kInterruption},
        FitCase{"care", 0.3, {0.4, -0.7}, kUnsure}, FitCase{"care", 0.3, {0.6, -0.7}, kInterruption},
        FitCase{"care", 0.4, {0.4, -0.7}, kInterruption},
        FitCase{"and care", 0.3, {0.4, -0.7}, kInterruption},
        FitCase{"note", 0.9, {-10, -0.1}, kInterruption},
        FitCase{"i see leave", 0.9, {-0.8, 2.0}, kBackchannel},
        FitCase{"no i see leave", 0.9, {-0.8, 2.0}, kInterruption},
        FitCase{"but help", 0.7, {-0.6, -0.7}, kUnsure}, FitCase{"todd", 0.9, {0.8, 0.3}, kInterruption},
        FitCase{"hunter", 0.9, {0.4, -0.1}, kUnsure}, FitCase{"todd", 0.9, {0.8, 0.6}, kUnsure},
        FitCase{"todd", 0.9, {-0.3, -10}, kUnsure}, FitCase{"it the", 0.4, {0.4, -10}, kUnsure},
        FitCase{"chuck", 0.9, {-0.2, -2}, kInterruption}, FitCase{"chuck", 0.9, {-0.7, -2}, kUnsure},
        FitCase{"though i see", 0.5, {-1.3, 0.6}, kBackchannel},
        FitCase{"yeah", 0.3, {1.2, 0.3}, kBackchannel}, FitCase{"stop", 0.2, {1.2, 0.8}, kInterruption},
        FitCase{"stop", 0.2, {0.8, 1.2}, kUnsure}, FitCase{"stop", 0.2, {0.2, -10}, kUnsure},
        FitCase{"of doors", 0.24, {-0.4, 1.1}, kBackchannel},
        FitCase{"of doors", 0.24, {0.3, 1.1}, kBackchannel},
        FitCase{"of doors", 0.24, {-0.8, 0.3}, kBackchannel}, FitCase{"of doors", 0.24, {0.5, 0.3}, kUnsure},
        FitCase{"hunter", 0.9, {0.2, 0.7}, kBackchannel}, FitCase{"hunter", 0.9, {0.3, 0.6}, kUnsure},
        FitCase{"riding", 0.5, {-0.4, -0.2}, kBackchannel}, FitCase{"riding", 0.5, {-0.9, -0.8}, kUnsure},
        FitCase{"they late", 0.3, {-0.6, 0.3}, kUnsure}, FitCase{"shut", 0.27, {1.0, 0.9}, kInterruption},
        FitCase{"shut", 0.2, {1.0, 0.9}, kUnsure}, FitCase{"stove", 0.9, {0.2, -0.1}, kInterruption},
        FitCase{"stove", 0.9, {-0.1, -0.3}, kUnsure}, FitCase{"nov", 0.9, {1.2, -10}, kInterruption},
        FitCase{"nov", 0.9, {-0.1, -10}, kUnsure}, FitCase{"though i day", 0.3, {-10, 0.1}, kBackchannel},
        FitCase{"they're so bad", 0.7, {0, 0.4}, kBackchannel},
        FitCase{"they're so bad", 0.7, {0, 0.3}, kInterruption},
        FitCase{"that's not right", 0.9, {-0.3, 0.3}, kInterruption},
        FitCase{"what about it", 0.7, {-0.3, 0.3}, kInterruption},
        FitCase{"good on", 0.3, {0.4, 0.1}, kInterruption}, FitCase{"bike", 0.5, {1.6, 1.4}, kUnsure},
        FitCase{"bike", 0.5, {0.5, 0.3}, kInterruption}, FitCase{"bob", 0.9, {0, -0.8}, kUnsure},
        FitCase{"bob", 0.9, {0, -1}, kInterruption}, FitCase{"though really", 0.5, {-0.9, 0.8}, kBackchannel},
        FitCase{"but no really", 0.5, {-0.9, 0.8}, kBackchannel},
        FitCase{"not that one", 0.7, {-0.5, 0.8}, kInterruption},
        FitCase{"stop items", 0.7, {-0.5, 0.8}, kBackchannel}, FitCase{"todd", 0.2, {0.8, 0.3}, kUnsure},
        FitCase{"oh no that one", 0.5, {-0.9, 0.8}, kInterruption},
        FitCase{"actually", 0.9, {-0.9, 1.0}, kInterruption}, FitCase{"yeah", 0.9, {2, 0.2}, kBackchannel},
        FitCase{"oh on", 0.3, {1.2, 0}, kInterruption}, FitCase{"yeah", 0.3, {1.2, 0.9}, kBackchannel},
        FitCase{"but", 0.7, {0.8, -0.2}, kUnsure}, FitCase{"", 0.9, {2, 0.2}, kNothing}));

TEST(Overlap, ComparesWithWhatTakesTheTurnAndWhatAgrees) {
  ASSERT_EQ(overlap_phrases()->size(), 2U);
  for (const std::string& phrase : overlap_phrases()->front()) {
    EXPECT_NE(judge_overlap(phrase, 1), kBackchannel) << phrase;
  }
  for (const std::string& phrase : overlap_phrases()->back()) {
    EXPECT_EQ(judge_overlap(phrase, 1), kBackchannel) << phrase;
  }
}

}  // namespace
}  // namespace parley::conversation
