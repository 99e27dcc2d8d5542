// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/least_risk.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

constexpr int kStart = 100;
constexpr int kEnd = 101;

// Every word is as likely as any other.
double indifferent(int, int, int) { return 0; }

struct Path {
  double likelihood;
  std::vector<int> words;
};

// Sentences side by side, a word every ten frames.
WordLattice sentences(const std::vector<Path>& paths) {
  WordLattice lattice;
  lattice.nodes.push_back({kNoWord, 0, {}});
  std::vector<std::size_t> lasts;
  int end = 0;
  for (const Path& path : paths) {
    std::size_t before = 0;
    int frame = 0;
    double acoustic = std::log(path.likelihood);
    for (const int word : path.words) {
      lattice.nodes[before].exits.push_back({lattice.nodes.size(), acoustic});
      before = lattice.nodes.size();
      lattice.nodes.push_back({word, frame += 10, {}});
      acoustic = 0;
    }
    lasts.push_back(before);
    end = std::max(end, frame + 10);
  }
  for (const std::size_t last : lasts) lattice.nodes[last].exits.push_back({lattice.nodes.size(), 0});
  lattice.nodes.push_back({kNoWord, end, {}});
  return lattice;
}

WordGraph graph(const std::vector<Path>& paths, const LanguageScore& language = indifferent,
                const LatticeWeights& weights = {}) {
  return unfold(sentences(paths), language, weights, kStart, kEnd);
}

std::vector<int> words(const std::vector<LikelyWord>& likely) {
  std::vector<int> result;
  for (const LikelyWord& word : likely) result.push_back(word.word);
  return result;
}

TEST(LeastRisk, GivesTheOnlySentenceWithItsTimes) {
  const std::vector<WordGraph> graphs{graph({{1, {1, 2, 3}}})};
  const auto likely = least_risk(graphs);
  ASSERT_EQ(words(likely), (std::vector{1, 2, 3}));
  for (const LikelyWord& word : likely) {
    EXPECT_NEAR(word.posterior, 1, 1e-9);
    EXPECT_TRUE(word.others.empty());
  }
  EXPECT_EQ(likely[1].first, 20);
  EXPECT_EQ(likely[1].end, 30);
  EXPECT_EQ(likely[2].end, 40);
}

TEST(LeastRisk, PrefersWhatMostPathsSayToTheBestPath) {
  const std::vector<WordGraph> graphs{graph({{0.4, {1, 2, 3}}, {0.3, {4, 5, 3}}, {0.3, {4, 2, 3}}})};
  const auto likely = least_risk(graphs);
  ASSERT_EQ(words(likely), (std::vector{4, 2, 3}));
  EXPECT_NEAR(likely[0].posterior, 0.6, 1e-9);
  EXPECT_NEAR(likely[1].posterior, 0.7, 1e-9);
  ASSERT_EQ(likely[0].others.size(), 1U);
  EXPECT_EQ(likely[0].others[0].first, 1);
  EXPECT_NEAR(likely[0].others[0].second, 0.4, 1e-9);
}

TEST(LeastRisk, LeavesOutAWordThatMostPathsLack) {
  const std::vector<WordGraph> graphs{graph({{0.4, {1, 2, 3}}, {0.35, {1, 3}}, {0.25, {1, 3}}})};
  EXPECT_EQ(words(least_risk(graphs)), (std::vector{1, 3}));
}

TEST(LeastRisk, SeveralGraphsCountAlike) {
  const std::vector<WordGraph> graphs{graph({{0.6, {1, 2}}, {0.4, {3, 2}}}),
                                      graph({{0.9, {3, 4}}, {0.1, {1, 4}}}), WordGraph(),
                                      graph({{1, {3, 2}}})};
  const auto likely = least_risk(graphs);
  ASSERT_EQ(words(likely), (std::vector{3, 2}));
  EXPECT_NEAR(likely[0].posterior, (0.4 + 0.9 + 1) / 3, 1e-9);
  EXPECT_NEAR(likely[1].posterior, 2.0 / 3, 1e-9);
}

TEST(LeastRisk, TheLanguageModelSeesTwoWordsBack) {
  const auto language = [](int word, int before, int before_that) {
    if (word == kEnd) return 0.0;
    if (before == kNoWord || before_that == kNoWord) return -1.0;
    return word == 3 && before == 2 && before_that == 1 ? 0.0 : -3.0;
  };
  const std::vector<WordGraph> graphs{graph({{0.5, {1, 2, 3}}, {0.5, {4, 2, 3}}}, language)};
  const auto likely = least_risk(graphs);
  ASSERT_EQ(words(likely), (std::vector{1, 2, 3}));
  EXPECT_NEAR(likely[0].posterior, 1 / (1 + std::exp(-3)), 1e-6);
  const std::vector<WordGraph> flat{graph({{0.5, {1, 2, 3}}, {0.5, {4, 2, 3}}}, language, {1, 0.5})};
  EXPECT_NEAR(least_risk(flat)[0].posterior, 1 / (1 + std::exp(-1.5)), 1e-6);
}

TEST(LeastRisk, SilenceBetweenWordsChangesNothing) {
  const std::vector<WordGraph> graphs{graph({{0.6, {1, kNoWord, 2}}, {0.4, {1, 2}}})};
  const auto likely = least_risk(graphs);
  ASSERT_EQ(words(likely), (std::vector{1, 2}));
  EXPECT_NEAR(likely[1].posterior, 1, 1e-9);
}

TEST(LeastRisk, NothingComesOfNothing) {
  EXPECT_TRUE(least_risk({}).empty());
  EXPECT_TRUE(least_risk(std::vector<WordGraph>{unfold({}, indifferent, {}, kStart, kEnd)}).empty());
  WordLattice broken;
  broken.nodes = {{kNoWord, 0, {}}, {kNoWord, 10, {}}};
  EXPECT_EQ(unfold(broken, indifferent, {}, kStart, kEnd).states(), 0U);
}

}  // namespace
}  // namespace parley::speech
