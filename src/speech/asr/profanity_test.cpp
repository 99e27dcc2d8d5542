// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/profanity.hpp"

#include "speech/asr/config.hpp"

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

TEST(Profanity, IsMaskedInWholeWordsOnly) {
  struct Row {
    const char* said;
    const char* masked;
  };
  for (const Row& row : {
           Row{"", ""},
           Row{"What the fuck?", "What the f***?"},
           Row{"Bullshit, he's an ASS.", "B*******, he's an A**."},
           Row{"we assess the class in Scunthorpe", "we assess the class in Scunthorpe"},
           Row{"shitake mushrooms", "shitake mushrooms"},
           Row{"naïve é fuck", "naïve é f***"},
       }) {
    EXPECT_EQ(masked_profanity(row.said), row.masked);
  }
}

TEST(Profanity, IsMaskedEverywhereInATranscript) {
  Transcript transcript;
  transcript.text = "Oh shit.";
  transcript.spoken = "oh shit";
  transcript.words = {{"oh", {}, {}}, {"shit", {}, {}}};
  mask_profanity(transcript);
  EXPECT_EQ(transcript.text, "Oh s***.");
  EXPECT_EQ(transcript.spoken, "oh s***");
  EXPECT_EQ(transcript.words[1].text, "s***");
}

TEST(Profanity, IsKeptOrMaskedAsConfigured) {
  AsrConfig config;
  EXPECT_FALSE(config.masks_profanity());
  config.profanity = "mask";
  EXPECT_TRUE(config.masks_profanity());
  EXPECT_TRUE(config.validate());
  config.profanity = "beep";
  const auto valid = config.validate();
  ASSERT_FALSE(valid);
  EXPECT_EQ(valid.error().param, "asr.profanity");
}

}  // namespace
}  // namespace parley::speech
