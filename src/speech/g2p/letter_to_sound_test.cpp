// SPDX-License-Identifier: Apache-2.0
#include "speech/g2p/letter_to_sound.hpp"

#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using runtime::ErrorCode;

std::string joined(const runtime::Result<std::vector<std::string>>& phones) {
  if (!phones) return runtime::to_string(phones.error());
  std::string text;
  for (const auto& phone : *phones) text += (text.empty() ? "" : " ") + phone;
  return text;
}

TEST(LetterToSound, SaysWordsInThePhonesOfTheRecognisersDictionary) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"warranty", "W AO R AH N T IY"},
      {"bird", "B ER D"},
      {"further", "F ER DH ER"},
      {"kitchen", "K IH CH AH N"},
      {"Kitchen", "K IH CH AH N"},
      {"KITCHEN", "K IH CH AH N"},
      {"azure", "AE ZH ER"},
      {"lyx", "L IH K S"},
  };
  for (const auto& [word, phones] : cases) EXPECT_EQ(joined(phones_of(word)), phones) << word;
}

TEST(LetterToSound, SpellsWhatHasNoVowel) {
  EXPECT_EQ(joined(phones_of("pdf")), "P IY D IY EH F");
  EXPECT_EQ(joined(phones_of("SQL")), "EH S K Y UW EH L");
}

TEST(LetterToSound, SpellsAnyWordOnRequest) {
  EXPECT_EQ(joined(spelled_phones("PTO")), "P IY T IY OW");
  EXPECT_EQ(joined(spelled_phones("w'a")), "D AH B AH L Y UW EY");
}

TEST(LetterToSound, SaysWhatAnApostropheAdds) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"cat's", "K AE T S"},         {"bird's", "B ER D Z"}, {"fox's", "F AA K S IH Z"},
      {"they'll", "DH EY AH L"},     {"they've", "DH EY V"}, {"birds'", "B ER D Z"},
      {"pdf's", "P IY D IY EH F S"},
  };
  for (const auto& [word, phones] : cases) EXPECT_EQ(joined(phones_of(word)), phones) << word;
}

TEST(LetterToSound, UsesOnlyPhonesThatTheAcousticModelHas) {
  const std::set<std::string> known{"AA", "AE", "AH", "AO", "AW", "AY", "B",  "CH", "D",  "DH",
                                    "EH", "ER", "EY", "F",  "G",  "HH", "IH", "IY", "JH", "K",
                                    "L",  "M",  "N",  "NG", "OW", "OY", "P",  "R",  "S",  "SH",
                                    "T",  "TH", "UH", "UW", "V",  "W",  "Y",  "Z",  "ZH"};
  const std::string syllables[] = {"tha", "gheu", "qua", "xi", "zhou", "oo", "ower", "ing", "psy", "ough"};
  for (const auto& first : syllables) {
    for (const auto& second : syllables) {
      const auto phones = phones_of(first + second);
      ASSERT_TRUE(phones) << first << second;
      for (const auto& phone : *phones)
        EXPECT_TRUE(known.contains(phone)) << first << second << ": " << phone;
    }
  }
}

TEST(LetterToSound, RefusesWhatIsNotAWord) {
  for (const std::string& word :
       std::vector<std::string>{"", "mp3", "2", "caf\xC3\xA9", "two words", "semi-annual", "'tis", "a''b",
                                std::string(65, 'a'), "a.b", "a\x01"}) {
    const auto phones = phones_of(word);
    ASSERT_FALSE(phones) << word;
    EXPECT_EQ(phones.error().code, ErrorCode::kBadRequest) << word;
    EXPECT_EQ(phones.error().param, "word") << word;
    EXPECT_FALSE(spelled_phones(word)) << word;
  }
}

TEST(LetterToSound, AnswersManyThreadsAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int n = 0; n < 50; ++n) EXPECT_EQ(joined(phones_of("kubernetes")), "K AH B ER N IY T S");
    });
  }
}

}  // namespace
}  // namespace parley::speech
