// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/token_words.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> found;
  for (const Word& word : words) found.push_back(word.text);
  return found;
}

TEST(TokenWords, JoinsPiecesAndPlacesWords) {
  const auto words = words_of_tokens({{" SE", 100ms, -0.1},
                                      {"VEN", 300ms, -0.7},
                                      {"\xE2\x96\x81"
                                       "up",
                                       600ms, 0.0}},
                                     2s);
  ASSERT_EQ(texts(words), (std::vector<std::string>{"seven", "up"}));
  EXPECT_EQ(words[0].start, 100ms);
  EXPECT_EQ(words[0].end, 600ms);
  EXPECT_EQ(words[1].start, 600ms);
  EXPECT_EQ(words[1].end, 1000ms);
  EXPECT_NEAR(words[0].confidence.value_or(0), std::exp(-0.7), 1e-9) << "the least sure of its pieces";
  EXPECT_EQ(words[1].confidence, 1.0);
}

TEST(TokenWords, EndsAWordBeforeAPauseAndInsideTheAudio) {
  const auto words = words_of_tokens({{" one", 100ms}, {" two", 3000ms}}, 3100ms);
  EXPECT_EQ(words[0].end, 500ms);
  EXPECT_EQ(words[1].end, 3100ms);
  EXPECT_FALSE(words[0].confidence);
}

TEST(TokenWords, DropsMarksAndLetsCharactersStandAlone) {
  EXPECT_EQ(texts(words_of_tokens(
                {{" Hello", 0ms}, {",", 100ms}, {" .", 200ms}, {" Bob", 300ms}, {"'s", 400ms}}, 1s)),
            (std::vector<std::string>{"hello", "bob's"}));
  EXPECT_EQ(texts(words_of_tokens({{"\xE4\xBD\xA0", 0ms}, {"\xE5\xA5\xBD", 100ms}}, 1s)).size(), 2U);
  EXPECT_TRUE(words_of_tokens({{" one", 0ms}, {" two"}}, 1s).empty()) << "a token without a time";
  EXPECT_TRUE(words_of_tokens({}, 1s).empty());
}

TEST(TokenWords, SpreadsAnUntimedTextByLength) {
  const auto words = words_of_text("A thing.", 1s, 2s);
  ASSERT_EQ(texts(words), (std::vector<std::string>{"a", "thing"}));
  EXPECT_EQ(words[0].start, 1s);
  EXPECT_EQ(words[0].end, words[1].start);
  EXPECT_EQ(words[1].end, 2s);
  EXPECT_TRUE(words_of_text(" ... ", 0s, 1s).empty());
}

TEST(TokenWords, MakesBareWordsReadableAndKeepsWhatIsReadable) {
  const auto bare = transcript_of(" IT COSTS FIVE DOLLARS", {}, true);
  EXPECT_EQ(bare.text, "It costs $5.");
  EXPECT_EQ(bare.spoken, "it costs five dollars");
  const auto written = transcript_of(" It costs $5.", {}, true);
  EXPECT_EQ(written.text, "It costs $5.");
  EXPECT_EQ(written.spoken, "it costs 5");
  EXPECT_EQ(transcript_of(" guten tag", {}, false).text, "guten tag");
  EXPECT_EQ(transcript_of("", {}, true).text, "");
}

}  // namespace
}  // namespace parley::speech
