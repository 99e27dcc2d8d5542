// SPDX-License-Identifier: Apache-2.0
#include "text/words.hpp"

#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::text {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(std::string_view source) {
  std::vector<std::string> out;
  for (const Token& token : tokenize(source)) out.push_back(token.text);
  return out;
}

TEST(Words, TokensAreFoldedAndPointIntoTheSource) {
  const std::string_view source = "The CAFÉ's menu, 1,200 items.";
  const auto tokens = tokenize(source);
  ASSERT_EQ(tokens.size(), 5U);
  EXPECT_EQ(tokens[1].text, "café's");
  EXPECT_EQ(source.substr(tokens[1].start, tokens[1].end - tokens[1].start), "CAFÉ's");
  EXPECT_EQ(tokens[3].text, "1,200");
}

TEST(Words, ApostrophesAreOne) {
  EXPECT_THAT(texts("don’t don't donʼt"), ElementsAre("don't", "don't", "don't"));
}

TEST(Words, CompatibilityFormsFold) { EXPECT_THAT(texts("ﬁle Ｗｉｄｅ"), ElementsAre("file", "wide")); }

TEST(Words, PunctuationSeparates) {
  EXPECT_THAT(texts("e-mail (twenty-five), and/or... 9:30!"),
              ElementsAre("e", "mail", "twenty", "five", "and", "or", "9", "30"));
  EXPECT_THAT(texts(" \n\t ?! "), IsEmpty());
  EXPECT_THAT(texts(""), IsEmpty());
}

TEST(Words, InvalidUtf8SeparatesWords) {
  const std::string source = std::string("good") + "\xff\xfe" + "bad \xc3";
  EXPECT_THAT(texts(source), ElementsAre("good", "bad"));
  EXPECT_FALSE(is_valid_utf8(source));
  EXPECT_TRUE(is_valid_utf8(to_valid_utf8(source)));
}

TEST(Words, ValidUtf8IsToldFromInvalid) {
  EXPECT_TRUE(is_valid_utf8("plain, ünï, 日本, 😀"));
  EXPECT_FALSE(is_valid_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(is_valid_utf8("\xf4\x90\x80\x80"));  // past U+10FFFF
}

TEST(Words, StopWordsSayNothing) {
  for (const char* word : {"the", "what", "don't", "of", "please", "which"})
    EXPECT_TRUE(is_stop_word(word)) << word;
  for (const char* word : {"holiday", "days", "first", "25", ""}) EXPECT_FALSE(is_stop_word(word)) << word;
}

TEST(Words, StemsJoinFormsOfAWord) {
  EXPECT_EQ(stem("deliveries"), stem("delivery"));
  EXPECT_EQ(stem("company's"), stem("company"));
  EXPECT_EQ(stem("charging"), stem("charged"));
  EXPECT_EQ(stem("25"), "25");
  EXPECT_EQ(stem("café"), "café");
}

TEST(Words, ContentStemsDropStopWordsAndFoldNumbers) {
  EXPECT_THAT(content_stems("How many days of leave do I get after twenty-five months?"),
              ElementsAre("day", "leav", "25", "month"));
  EXPECT_THAT(content_stems("what is it about"), IsEmpty());
}

TEST(Words, ThreadsDoNotDisturbEachOther) {
  const auto expected = content_stems("The deliveries arrive within 3 days, usually.");
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (int& count : wrong) {
    threads.emplace_back([&count, &expected] {
      for (int i = 0; i < 200; ++i) {
        if (content_stems("The deliveries arrive within 3 days, usually.") != expected) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ::testing::Each(0));
}

}  // namespace
}  // namespace parley::text
