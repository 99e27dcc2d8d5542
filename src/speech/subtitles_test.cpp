// SPDX-License-Identifier: Apache-2.0
#include "speech/subtitles.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using std::chrono::milliseconds;

// `text` with a word every `each` milliseconds from `start` on.
std::vector<Word> paced(std::string_view text, std::int64_t start = 0, std::int64_t each = 300) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    words.push_back(
        {std::string(text.substr(at, end - at)), milliseconds(start), milliseconds(start + each)});
    start += each;
    at = end + 1;
  }
  return words;
}

std::vector<Word> operator+(std::vector<Word> first, const std::vector<Word>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Word word(std::string text, std::int64_t start, std::int64_t end) {
  return {std::move(text), milliseconds(start), milliseconds(end)};
}

TEST(TimedText, GivesWrittenWordsTheTimesOfTheSpokenOnes) {
  const struct {
    std::string_view text;
    std::vector<Word> spoken;
    std::vector<Word> expected;
  } cases[] = {
      {"Hello, world.", paced("hello world"), {word("Hello,", 0, 300), word("world.", 300, 600)}},
      {"It costs $12.50.",
       paced("it costs twelve dollars and fifty cents"),
       {word("It", 0, 300), word("costs", 300, 600), word("$12.50.", 600, 2100)}},
      {"At 9:30 a.m. we start.",
       paced("at nine thirty a m we start"),
       {word("At", 0, 300), word("9:30", 300, 900), word("a.m.", 900, 1500), word("we", 1500, 1800),
        word("start.", 1800, 2100)}},
      {"12345", paced("one two three four five"), {word("12345", 0, 1500)}},
      {"", paced("um"), {}},
      {"Words", {}, {}},
      {"yes - no", paced("yes no"), {word("yes", 0, 300), word("-", 300, 300), word("no", 300, 600)}},
      {"ab cd", paced("x"), {word("ab", 0, 150), word("cd", 150, 300)}},
  };
  for (const auto& [text, spoken, expected] : cases) {
    const auto timed = timed_text(text, spoken);
    EXPECT_EQ(timed.size(), expected.size()) << text;
    for (std::size_t i = 0; i < std::min(timed.size(), expected.size()); ++i) {
      EXPECT_EQ(timed[i].text, expected[i].text) << text;
      EXPECT_NEAR(static_cast<double>(timed[i].start.count()), static_cast<double>(expected[i].start.count()),
                  150)
          << timed[i].text;
    }
  }
}

TEST(TimedText, NeverRunsBackwards) {
  const auto timed =
      timed_text("One, two - and $3.50 for 1,200 of them, please!",
                 paced("one two and three dollars and fifty cents for twelve hundred of them"));
  ASSERT_EQ(timed.size(), 10u);
  milliseconds last{};
  for (const Word& each : timed) {
    EXPECT_GE(each.start, last) << each.text;
    EXPECT_GE(each.end, each.start) << each.text;
    last = each.end;
  }
}

TEST(Cues, EndWithSentencesAndAtPauses) {
  const auto cues = make_cues(paced("We open at nine. Do come") + paced("or call us", 3000));
  ASSERT_EQ(cues.size(), 3u);
  EXPECT_EQ(cues[0].text, "We open at nine.");
  EXPECT_EQ(cues[0].start.count(), 0);
  EXPECT_EQ(cues[0].end.count(), 1200);  // the next one begins
  EXPECT_EQ(cues[1].text, "Do come");
  EXPECT_EQ(cues[1].start.count(), 1200);
  EXPECT_EQ(cues[1].end.count(), 2200);  // a second at least
  EXPECT_EQ(cues[2].text, "or call us");
  EXPECT_EQ(cues[2].start.count(), 3000);
}

TEST(Cues, AreTwoEvenLinesAtMost) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += (i == 0 ? "" : " ") + std::string(i % 7 == 6 ? "thing," : "several");
  const auto cues = make_cues(paced(text, 0, 250));
  ASSERT_GE(cues.size(), 3u);
  for (const Cue& cue : cues) {
    EXPECT_LE(std::count(cue.text.begin(), cue.text.end(), '\n'), 1) << cue.text;
    const std::size_t cut = cue.text.find('\n');
    ASSERT_NE(cut, std::string::npos) << cue.text;
    EXPECT_LE(cut, 42u);
    EXPECT_LE(cue.text.size() - cut - 1, 42u);
    EXPECT_LE(cue.end - cue.start, milliseconds(7000));
    EXPECT_GE(cue.text.size(), 30u) << "none is left much shorter than the others";
  }
}

TEST(Cues, PreferToEndBehindPunctuation) {
  const auto cues = make_cues(paced(
      "When the shop is closed for the holidays in the winter, the packages that you have sent back to us "
      "are kept at the post office",
      0, 200));
  ASSERT_EQ(cues.size(), 2u);
  EXPECT_TRUE(cues[0].text.ends_with("winter,")) << cues[0].text;
}

TEST(Cues, DivideWhatHasNoSpaces) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "語";
  const auto cues = make_cues({word(text, 0, 20'000)});
  ASSERT_GE(cues.size(), 2u);
  std::string joined;
  for (const Cue& cue : cues) {
    for (const char c : cue.text) {
      if (c != '\n' && c != ' ') joined += c;
    }
  }
  EXPECT_EQ(joined, text);
  EXPECT_EQ(cues.back().end.count(), 20'000);
}

TEST(Cues, AreNoneWithoutWords) {
  EXPECT_TRUE(make_cues({}).empty());
  EXPECT_EQ(to_srt({}), "");
  EXPECT_EQ(to_webvtt({}), "WEBVTT\n\n");
}

TEST(Subtitles, AreWrittenInBothFormats) {
  const std::vector<Cue> cues{{milliseconds(0), milliseconds(1234), "One & <two>\nthree"},
                              {milliseconds(3'723'004), milliseconds(3'725'000), "Four."}};
  EXPECT_EQ(to_srt(cues),
            "1\n00:00:00,000 --> 00:00:01,234\nOne & <two>\nthree\n\n"
            "2\n01:02:03,004 --> 01:02:05,000\nFour.\n\n");
  EXPECT_EQ(to_webvtt(cues),
            "WEBVTT\n\n00:00:00.000 --> 00:00:01.234\nOne &amp; &lt;two&gt;\nthree\n\n"
            "01:02:03.004 --> 01:02:05.000\nFour.\n\n");
}

}  // namespace
}  // namespace parley::speech
