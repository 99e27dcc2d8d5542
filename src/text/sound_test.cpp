// SPDX-License-Identifier: Apache-2.0
#include "text/sound.hpp"

#include "text/related.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <string_view>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

struct KeyCase {
  std::string_view word;
  std::string_view key;
};

TEST(SoundKey, KeepsTheConsonantsThatAreHeard) {
  const KeyCase cases[] = {
      {"warranty", "WRNT"}, {"wire and he", "WRNT"}, {"pelican", "PLKN"}, {"knight", "NT"}, {"night", "NT"},
      {"photo", "FT"},      {"badge", "PX"},         {"station", "STXN"}, {"write", "RT"},  {"apple", "APL"},
      {"box", "PKS"},       {"thomas", "TMS"},       {"yellow", "YL"},    {"hour", "HR"},   {"city", "ST"},
      {"cake", "KK"},       {"ghost", "KST"},        {"climb", "KLM"},    {"", ""},         {"42", ""},
      {"\xC3\xA9", ""},     {"qu\xC3", "K"},
  };
  for (const KeyCase& one : cases) EXPECT_EQ(sound_key(one.word), one.key) << one.word;
}

TEST(SoundKey, IsTheSameForWordsThatSoundAlike) {
  EXPECT_EQ(sound_key("brake"), sound_key("break"));
  EXPECT_EQ(sound_key("bad"), sound_key("pat"));
  EXPECT_NE(sound_key("brake"), sound_key("bread"));
}

TEST(SoundLikeness, FallsWithEveryDifference) {
  EXPECT_DOUBLE_EQ(sound_likeness("PLKN", "PLKN"), 1);
  EXPECT_DOUBLE_EQ(sound_likeness("PLKN", "PLTN"), 0.75);
  EXPECT_DOUBLE_EQ(sound_likeness("PLKN", "PLN"), 0.75);
  EXPECT_DOUBLE_EQ(sound_likeness("A", "T"), 0);
  EXPECT_DOUBLE_EQ(sound_likeness("", ""), 0);
  EXPECT_DOUBLE_EQ(sound_likeness("", "T"), 0);
}

bool related(std::string_view a, std::string_view b) {
  const auto& stems = related_stems(stem(a));
  return std::ranges::find(stems, stem(b)) != stems.end();
}

TEST(RelatedStems, KnowsWordsOfLikeMeaningBothWays) {
  EXPECT_TRUE(related("salary", "wages"));
  EXPECT_TRUE(related("wages", "salary"));
  EXPECT_TRUE(related("guaranteed", "warranty"));
  EXPECT_FALSE(related("salary", "battery"));
  EXPECT_FALSE(related("salary", "salaries"));  // the same stem
  EXPECT_TRUE(related_stems("no such word").empty());
}

}  // namespace
}  // namespace parley::text
