// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/confidence.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

TEST(Confidence, GrowsWithThePosteriorAndIsNeverCertain) {
  double before = 0;
  for (int i = 0; i <= 100; ++i) {
    const double confidence = confidence_of(i / 100.0);
    EXPECT_GE(confidence, before);
    EXPECT_LT(confidence, 1);
    before = confidence;
  }
  EXPECT_LT(confidence_of(0.5), 0.4) << "the search leaves out most of what else it could have been";
  EXPECT_GT(confidence_of(0.01), 0.02) << "what looks hopeless is right now and then";
}

TEST(Confidence, AlternativesShareWhatTheWordLeaves) {
  std::vector<Alternative> others{{"sheep", 0.2}, {"chip", 0.1}};
  share_doubt(0.6, 0.7, others);
  EXPECT_NEAR(others[0].posterior, 0.15, 1e-9);
  EXPECT_NEAR(others[1].posterior, 0.075, 1e-9);
  std::vector<Alternative> many{{"a", 0.6}, {"b", 0.6}};
  share_doubt(0.9, 0.8, many);
  EXPECT_NEAR(many[0].posterior + many[1].posterior, 0.2, 1e-9);
}

TEST(Confidence, AlternativesAreFewAndTheFaintestAreLeftOut) {
  std::vector<Alternative> others;
  for (int i = 0; i < 20; ++i) others.push_back({"b" + std::to_string(i), 0.03 - 0.001 * i});
  others.push_back({"faint", 0.001});
  share_doubt(0.5, 0.5, others);
  ASSERT_EQ(others.size(), kMostAlternatives);
  EXPECT_EQ(others.front().text, "b0");
  std::vector<Alternative> faint{{"faint", 0.001}};
  share_doubt(0.9, 0.9, faint);
  EXPECT_TRUE(faint.empty());
}

}  // namespace
}  // namespace parley::speech
