// SPDX-License-Identifier: Apache-2.0
#include "text/sound.hpp"

#include "text/related.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

struct Case {
  std::string_view word;
  std::string_view expected;
};

TEST(Sounds, FollowTheRulesOfSpelling) {
  const Case cases[] = {
      {"knight", "NyT"},
      {"night", "NyT"},
      {"photo", "FoTo"},
      {"station", "STeXuN"},
      {"cake", "KeK"},
      {"bikes", "ByKS"},
      {"boxes", "BoKSeS"},
      {"city", "SiTi"},
      {"church", "CuRC"},
      {"bridge", "BRiJ"},
      {"thing", "0iQ"},
      {"queue", "KWu"},
      {"yellow", "YeLo"},
      {"by", "By"},
      {"handbook", "HaNDBuK"},
      {"hand book", "HaNDBuK"},
      {"wire and he", "WyRaNDHi"},
      {"", ""},
      {"42", ""},
      {"\xC3\xA9", ""},
  };
  for (const Case& one : cases) EXPECT_EQ(sounds_of(one.word), one.expected) << one.word;
}

TEST(SoundKey, KeepsTheConsonantsThatAreHeard) {
  const Case cases[] = {
      {"warranty", "WRNT"}, {"wire and he", "WRNT"}, {"pelican", "PLKN"}, {"knight", "NT"},
      {"badge", "PX"},      {"station", "STXN"},     {"write", "RT"},     {"apple", "APL"},
      {"box", "PKS"},       {"cake", "KK"},          {"ghost", "KST"},    {"climb", "KLM"},
  };
  for (const Case& one : cases) EXPECT_EQ(sound_key(sounds_of(one.word)), one.expected) << one.word;
}

TEST(SoundKey, IsTheSameForWordsThatSoundAlike) {
  const auto key = [](std::string_view word) { return sound_key(sounds_of(word)); };
  EXPECT_EQ(key("brake"), key("break"));
  EXPECT_EQ(key("bad"), key("pat"));
  EXPECT_NE(key("brake"), key("bread"));
}

double likeness(std::string_view a, std::string_view b) { return sound_likeness(sounds_of(a), sounds_of(b)); }

TEST(SoundLikeness, IsHighForWhatIsTakenForEachOther) {
  const std::pair<std::string_view, std::string_view> pairs[] = {
      {"warranty", "wire and he"}, {"leave", "leaf"},         {"handbook", "hand book"}, {"harbor", "harder"},
      {"salary", "celery"},        {"buffalo", "buff a low"}, {"brake", "break"},        {"late", "plate"},
  };
  for (const auto& [a, b] : pairs) EXPECT_GE(likeness(a, b), 0.7) << a << ", " << b;
}

TEST(SoundLikeness, IsLowForOtherWords) {
  const std::pair<std::string_view, std::string_view> pairs[] = {
      {"photo", "station"}, {"brake", "wallet"}, {"salary", "bicycle"}, {"scooter", "charger"}};
  for (const auto& [a, b] : pairs) EXPECT_LE(likeness(a, b), 0.5) << a << ", " << b;
}

TEST(SoundLikeness, IsOneForTheSameSoundsAndNoneForNone) {
  EXPECT_DOUBLE_EQ(sound_likeness("PeLiKaN", "PeLiKaN"), 1);
  EXPECT_DOUBLE_EQ(sound_likeness("PeN", "BeN"), sound_likeness("BeN", "PeN"));
  EXPECT_DOUBLE_EQ(sound_likeness("", ""), 0);
  EXPECT_DOUBLE_EQ(sound_likeness("", "T"), 0);
  const std::string endless(100'000, 'T');
  EXPECT_DOUBLE_EQ(sound_likeness(endless, endless), 1);
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
