// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/trigrams.hpp"

#include <cmath>
#include <map>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using Words = std::vector<std::string>;

// A model in ARPA format, read back.
struct Read {
  std::map<std::string, double> probability;  // of an n-gram, words joined by spaces
  std::map<std::string, double> back_off;
};

Read read(const std::string& arpa) {
  Read model;
  std::istringstream lines(arpa);
  std::size_t order = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with("-grams:")) order = static_cast<std::size_t>(line[1] - '0');
    if (order == 0 || line.empty() || line[0] == '\\') continue;
    std::istringstream fields(line);
    double probability = 0;
    fields >> probability;
    std::string gram;
    for (std::size_t i = 0; i < order; ++i) {
      std::string word;
      fields >> word;
      gram += (gram.empty() ? "" : " ") + word;
    }
    model.probability[gram] = std::pow(10, probability);
    double back_off = 0;
    model.back_off[gram] = fields >> back_off ? std::pow(10, back_off) : 1;
  }
  return model;
}

// The probability of a word after two others, as whoever reads the format computes it.
double probability(const Read& model, const std::string& first, const std::string& second,
                   const std::string& word) {
  const auto trigram = model.probability.find(first + ' ' + second + ' ' + word);
  if (trigram != model.probability.end()) return trigram->second;
  const auto context = model.back_off.find(first + ' ' + second);
  const double outer = context == model.back_off.end() ? 1 : context->second;
  const auto bigram = model.probability.find(second + ' ' + word);
  if (bigram != model.probability.end()) return outer * bigram->second;
  return outer * model.back_off.at(second) * model.probability.at(word);
}

TEST(Trigrams, ProbabilitiesAfterAnyContextAddUpToOne) {
  Trigrams trigrams;
  trigrams.add(Words{"the", "shop", "opens", "at", "ten"});
  trigrams.add(Words{"the", "shop", "closes", "at", "six"}, 2.5);
  trigrams.add(Words{"when", "does", "the"}, 4, true);
  const Read model = read(trigrams.arpa());
  const std::vector<std::pair<std::string, std::string>> contexts = {
      {"the", "shop"}, {"<s>", "the"}, {"does", "the"}, {"six", "at"}, {"ten", "when"}};
  for (const auto& [first, second] : contexts) {
    double sum = probability(model, first, second, "</s>");
    for (const std::string& word : trigrams.words()) sum += probability(model, first, second, word);
    EXPECT_NEAR(sum, 1, 0.002) << first << ' ' << second;
  }
}

TEST(Trigrams, WhatWasSeenMoreIsLikelier) {
  Trigrams trigrams;
  trigrams.add(Words{"the", "shop", "opens"});
  trigrams.add(Words{"the", "shop", "closes"}, 3);
  const Read model = read(trigrams.arpa());
  EXPECT_GT(probability(model, "the", "shop", "closes"), probability(model, "the", "shop", "opens"));
  EXPECT_GT(probability(model, "the", "shop", "opens"), probability(model, "the", "shop", "the"));
}

TEST(Trigrams, AnOpenSentenceHasNoEnd) {
  Trigrams trigrams;
  trigrams.add(Words{"how", "much"}, 1, true);
  trigrams.add(Words{"ten"});
  const Read model = read(trigrams.arpa());
  EXPECT_FALSE(model.probability.contains("much </s>"));
  EXPECT_TRUE(model.probability.contains("ten </s>"));
}

TEST(Trigrams, NothingAddedIsEmpty) {
  Trigrams trigrams;
  trigrams.add(Words{});
  trigrams.add(Words{"word"}, 0);
  EXPECT_TRUE(trigrams.empty());
  EXPECT_THAT(trigrams.words(), testing::IsEmpty());
}

}  // namespace
}  // namespace parley::speech
