// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/phones.hpp"

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

TEST(Phones, AreReadFromThePhoneticAlphabet) {
  const struct {
    std::string_view ipa;
    std::string_view flite;
    std::string_view espeak;
  } cases[] = {
      {"təˈmɑːtoʊ", "t ax m aa t ow", "t@'mA:toU"},
      {"tʃɜːtʃ", "ch er ch", "tS3:tS"},
      {"d͡ʒʌd͡ʒ", "jh ah jh", "dZVdZ"},
      {"ˌɛn.dʒɪˈnɪɹ", "eh n jh ih n ih r", ",EndZI'nIr"},
      {"kæt", "k ae t", "kat"},
  };
  for (const auto& [ipa, flite, espeak] : cases) {
    const auto sounds = read_ipa(ipa);
    ASSERT_TRUE(sounds) << ipa;
    EXPECT_EQ(sounds->flite, flite) << ipa;
    EXPECT_EQ(sounds->espeak, espeak) << ipa;
  }
}

TEST(Phones, NameTheSymbolThatIsNoSoundOfEnglish) {
  EXPECT_EQ(read_ipa("kyː").error().message, "\"y\" is no sound of English");
  EXPECT_EQ(read_ipa("ø").error().param, "phonemes");
  EXPECT_FALSE(read_ipa("kat[[x]]"));
  EXPECT_FALSE(read_ipa("\xff"));
  EXPECT_FALSE(read_ipa(""));
  EXPECT_FALSE(read_ipa("ˈ"));
  EXPECT_FALSE(read_ipa(std::string(201, 'a')));
}

}  // namespace
}  // namespace parley::speech
