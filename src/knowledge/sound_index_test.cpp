// SPDX-License-Identifier: Apache-2.0
#include "knowledge/sound_index.hpp"

#include "text/sound.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::knowledge {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const SoundIndex& handbook() {
  static const SoundIndex index({"pelican", "warranty", "handbook", "harbor", "motor", "brake", "salary",
                                 "leave", "policy", "battery", "charger", "warranty", "42", "ok",
                                 "na\u00efve"});
  return index;
}

std::string likest(std::string_view heard) {
  const auto found = handbook().find(text::sounds_of(heard), 0.6, 4);
  return found.empty() ? "" : found.front().word;
}

TEST(SoundIndex, FindsTheWordBehindWhatWasHeard) {
  EXPECT_EQ(likest("paladin"), "pelican");
  EXPECT_EQ(likest("wire and he"), "warranty");
  EXPECT_EQ(likest("hand book"), "handbook");
  EXPECT_EQ(likest("harder"), "harbor");
  EXPECT_EQ(likest("break"), "brake");
  EXPECT_EQ(likest("leaf"), "leave");
  EXPECT_EQ(likest("celery"), "salary");
}

TEST(SoundIndex, FindsNothingForWhatSoundsOtherwise) {
  for (const std::string_view heard : {"helicopter", "yacht", "scooter", "a", ""}) {
    EXPECT_EQ(likest(heard), "") << heard;
  }
}

TEST(SoundIndex, KeepsEachWordThatCanBeSaidOnce) {
  EXPECT_EQ(handbook().size(), 11U);
  EXPECT_TRUE(handbook().holds("warranty"));
  EXPECT_FALSE(handbook().holds("42"));
  EXPECT_FALSE(handbook().holds("warrant"));
}

TEST(SoundIndex, GivesNoMoreThanAsked) {
  EXPECT_THAT(handbook().find(text::sounds_of("leaf"), 0, 1), SizeIs(1));
  EXPECT_THAT(handbook().find(text::sounds_of("leaf"), 0, 0), IsEmpty());
  EXPECT_THAT(SoundIndex({}).find("LiF", 0, 4), IsEmpty());
}

}  // namespace
}  // namespace parley::knowledge
