// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/confusions.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using Lattice = std::vector<Occurrence>;

TEST(Confusions, WordsInTheSamePlaceCompete) {
  const Lattice path{{"live", 0, 30, 0.5}, {"here", 30, 60, 0.6}};
  const auto result = confusions(path, Lattice{{"live", 0, 30, 0.5},
                                               {"what", 0, 28, 0.3},
                                               {"here", 30, 60, 0.6},
                                               {"year", 26, 60, 0.35},
                                               {"or", 28, 40, 0.001}});
  ASSERT_EQ(result.size(), 2U);
  EXPECT_EQ(result[0].others, (std::vector<Alternative>{{"what", 0.3}}));
  EXPECT_EQ(result[1].others, (std::vector<Alternative>{{"year", 0.35}}));
  EXPECT_DOUBLE_EQ(result[0].own, 0.5);
  EXPECT_DOUBLE_EQ(result[1].own, 0.6);
}

TEST(Confusions, OccurrencesOfAWordAddUpWhereTheyOverlap) {
  const Lattice path{{"ship", 0, 40, 0.4}};
  const auto result = confusions(path, Lattice{{"ship", 0, 40, 0.4},
                                               {"ship", 2, 40, 0.2},
                                               {"sheep", 0, 20, 0.1},
                                               {"sheep", 0, 38, 0.1},
                                               {"sheep", 21, 40, 0.15}});
  EXPECT_DOUBLE_EQ(result[0].own, 0.6);
  ASSERT_EQ(result[0].others.size(), 1U);
  EXPECT_DOUBLE_EQ(result[0].others[0].posterior, 0.25);
}

TEST(Confusions, AreFewAndTheLikeliestFirst) {
  Lattice lattice{{"a", 0, 10, 0.1}};
  for (int i = 0; i < 20; ++i) lattice.push_back({"b" + std::to_string(i), 0, 10, 0.02 + 0.001 * i});
  const auto others = confusions(Lattice{{"a", 0, 10, 0.1}}, lattice)[0].others;
  ASSERT_EQ(others.size(), kMostAlternatives);
  EXPECT_EQ(others.front().text, "b19");
  EXPECT_EQ(others.back().text, "b12");
}

TEST(Confusions, WhatOnlyTouchesAWordDoesNotCompete) {
  const Lattice path{{"one", 0, 40, 1}};
  EXPECT_TRUE(confusions(path, Lattice{{"two", 35, 80, 0.5}, {"three", 40, 80, 0.5}})[0].others.empty());
  EXPECT_TRUE(confusions({}, path).empty());
}

TEST(Confusions, ConfidenceGrowsWithThePosteriorAndIsNeverCertain) {
  double before = 0;
  for (int i = 0; i <= 100; ++i) {
    const double confidence = confidence_of(i / 100.0);
    EXPECT_GE(confidence, before);
    EXPECT_LT(confidence, 1);
    before = confidence;
  }
  EXPECT_NEAR(confidence_of(0.5), 0.5, 0.05);
  EXPECT_GT(confidence_of(0.05), 0.1) << "what looks hopeless is right now and then";
}

TEST(Confusions, AlternativesShareWhatTheWordLeaves) {
  std::vector<Alternative> others{{"sheep", 0.2}, {"chip", 0.1}};
  share_doubt(0.6, 0.7, others);
  EXPECT_NEAR(others[0].posterior, 0.15, 1e-9);
  EXPECT_NEAR(others[1].posterior, 0.075, 1e-9);
  std::vector<Alternative> many{{"a", 0.6}, {"b", 0.6}};
  share_doubt(0.9, 0.8, many);
  EXPECT_NEAR(many[0].posterior + many[1].posterior, 0.2, 1e-9);
}

}  // namespace
}  // namespace parley::speech
