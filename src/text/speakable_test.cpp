// SPDX-License-Identifier: Apache-2.0
#include "text/speakable.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

struct Row {
  const char* written;
  const char* spoken;
};

void expect_rows(std::initializer_list<Row> rows) {
  for (const auto& row : rows) EXPECT_EQ(speakable(row.written).text, row.spoken) << row.written;
}

TEST(Speakable, LeavesPlainTextAlone) {
  expect_rows({
      {"", ""},
      {"Hello, world. It's fine!", "Hello, world. It's fine!"},
      {"The 3rd of 25 visitors came in 1999.",
       "The third of twenty five visitors came in nineteen ninety nine."},
      {"well-known rules; others: none", "well-known rules; others: none"},
      {"Mr. Smith and J. Doe of the U.S. market.", "Mister Smith and J Doe of the U S market."},
  });
}

TEST(Speakable, DropsMarkdown) {
  expect_rows({
      {"**Bold**, _italic_, `code` and ~~old~~", "Bold, italic, code and old"},
      {"# Returns\nBring it back.", "Returns. Bring it back."},
      {"- one\n- two\n", "one. two."},
      {"1. First\n2. Second", "one. First. two. Second"},
      {"A line that\nwraps here.", "A line that wraps here."},
      {"Title\n\nText", "Title. Text"},
      {"See [the guide](https://a.b/c_d(e)).", "See the guide."},
      {"![a logo](x.png) here", "a logo here"},
      {"Returns are free [1], always [2, 3].", "Returns are free, always."},
      {"> quoted <b>bold</b><br>x &amp; y", "quoted bold x and y"},
      {"| a | b |\n|---|---|\n| 1 | 2 |", "a, b, one, two,"},
      {"```cpp\nx\n```", "x."},
      {"5 \\* 3 \\_x\\_", "five times three x"},
      {"snake_case and 3 * 4", "snake case and three times four"},
  });
}

TEST(Speakable, ReadsMoney) {
  expect_rows({
      {"$12.50", "twelve dollars and fifty cents"},
      {"$1,299.05.", "one thousand two hundred ninety nine dollars and five cents."},
      {"$1.00 or $0.50", "one dollar or fifty cents"},
      {"€45 & £1", "forty five euros and one pound"},
      {"45 € or 45€", "forty five euros or forty five euros"},
      {"45 EUR, EUR 1,200, 5 CHF", "forty five euros, one thousand two hundred euros, five Swiss francs"},
      {"$5 million, $2.5bn", "five million dollars, two point five billion dollars"},
      {"$5/month", "five dollars per month"},
      {"$5-10", "five to ten dollars"},
      {"¥500", "five hundred yen"},
      {"A$ is no amount", "A dollars is no amount"},
  });
}

TEST(Speakable, ReadsQuantities) {
  expect_rows({
      {"1 kg, 25 km/h, 1,200 mg",
       "one kilogram, twenty five kilometers per hour, one thousand two hundred milligrams"},
      {"5GB at 16 kHz", "five gigabytes at sixteen kilohertz"},
      {"50°C, 1 °F? 90°", "fifty degrees Celsius, one degree Fahrenheit? ninety degrees"},
      {"10 m² or 2×4 m", "ten square meters or two by four meters"},
      {"20% off, 5-10%", "twenty percent off, five to ten percent"},
      {"2-3 days, pages 10–20, 3.5 - 4", "two to three days, pages ten to twenty, three point five to four"},
      {"½ cup, 2½ hours", "one half cup, two and a half hours"},
      {"-5 degrees, +31", "minus five degrees, plus thirty one"},
      {"10x faster, 10k users", "ten times faster, ten thousand users"},
      {"the 1990s", "the nineteen nineties"},
      {"555-1234", "five five five, one two three four"},
      {"30 min.", "thirty minutes."},
  });
}

TEST(Speakable, ReadsDatesAndTimes) {
  expect_rows({
      {"on 2024-03-15.", "on March fifteenth, twenty twenty four."},
      {"2024-01-02T09:30", "January second, twenty twenty four at nine thirty"},
      {"2024-13-45", "twenty twenty four thirteen forty five"},
      {"9:30, 9:05, 9:00, 17:00, 24:00",
       "nine thirty, nine oh five, nine o'clock, seventeen hundred, midnight"},
      {"9:00 am to 5 pm", "nine A M to five P M"},
      {"9:00-17:30", "nine o'clock to seventeen thirty"},
      {"open 24/7", "open twenty four seven"},
  });
}

TEST(Speakable, ReadsSymbolsAndAddresses) {
  expect_rows({
      {"https://www.example.com/a?b=c_d.", "example dot com."},
      {"(see http://example.org:8080/x)", "see example dot org,"},
      {"mail me@example.com", "mail me at example dot com"},
      {"R&D, AT&T", "R and D, A T and T"},
      {"<5, >= 10, ~20, #3", "less than five, at least ten, about twenty, number three"},
      {"a/b or 1/2", "a slash b or one half"},
      {"v2.1, 1.2.3, config.toml", "version two point one, one point two point three, config dot toml"},
      {"C++, C#, camelCase", "C plus plus, C sharp, camel Case"},
      {"x = 5", "x equals five"},
      {"No. 5, e.g. this, etc. Then", "number five, for example this, et cetera. Then"},
      {"Max. is here", "Max. is here"},
      {"A -> B → C", "A to B to C"},
  });
}

TEST(Speakable, TakesCharactersToAscii) {
  expect_rows({
      {"“Quoted” — yes – no… it’s", "Quoted, yes, no, it's"},
      {"naïve café Straße Łódź", "naive cafe Strasse Lodz"},
      {"cafe\u0301", "cafe"},
      {"Привет 你好", "Privet ni hao"},
      {"Great 🎉👍🏽!", "Great!"},
      {"٣ items", "three items"},
      {"a\x01\x02z\tb\r\nc", "a z b c"},
      {"bad \xFF\xC3 bytes", "bad bytes"},
      {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx xxxxxxx"},
      {"We refund (within 30 days) all", "We refund, within thirty days, all"},
  });
}

TEST(Speakable, SaysNothingWhereThereIsNothingToSay) {
  for (const auto* text : {"...", "?!", "--- *** ___", "🎉", " \n\t ", "( ) [ ]", "```", "|---|"}) {
    EXPECT_EQ(speakable(text).text, "") << text;
    EXPECT_TRUE(speakable(text).words.empty()) << text;
  }
}

TEST(Speakable, TellsWhatEachWordStandsFor) {
  const std::string source = "It **costs** €45 & 25 km/h.";
  const Speakable result = speakable(source);
  EXPECT_EQ(result.text, "It costs forty five euros and twenty five kilometers per hour.");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& word : result.words) {
    pairs.emplace_back(result.text.substr(word.start, word.end - word.start),
                       source.substr(word.source_start, word.source_end - word.source_start));
  }
  const std::vector<std::pair<std::string, std::string>> expected{
      {"It", "It"},           {"costs", "costs"},    {"forty", "€45"},
      {"five", "€45"},        {"euros", "€45"},      {"and", "&"},
      {"twenty", "25 km/h."}, {"five", "25 km/h."},  {"kilometers", "25 km/h."},
      {"per", "25 km/h."},    {"hour.", "25 km/h."},
  };
  EXPECT_EQ(pairs, expected);
}

// Whatever comes in, what goes out is ASCII words in the order of the source.
void expect_sound(const std::string& text) {
  const Speakable result = speakable(text);
  EXPECT_TRUE(
      std::all_of(result.text.begin(), result.text.end(), [](char c) { return c >= ' ' && c < 0x7F; }));
  std::size_t end = 0;
  std::size_t source = 0;
  for (const auto& word : result.words) {
    ASSERT_EQ(word.start, end == 0 ? 0 : end + 1);
    ASSERT_LT(word.start, word.end);
    ASSERT_LE(source, word.source_start);
    ASSERT_LT(word.source_start, word.source_end);
    ASSERT_LE(word.source_end, text.size());
    end = word.end;
    source = word.source_start;
  }
  ASSERT_EQ(end, result.text.size());
}

TEST(Speakable, HoldsItsPromisesOnAnyBytes) {
  std::uint32_t state = 3;
  const auto next = [&] { return state = state * 1664525 + 1013904223, state >> 24; };
  const std::string signs = "<>=~#@$%&*_`[]()|.,:;!?-/\\'\"0159 \n aZé€°×–—½";
  for (int round = 0; round < 100; ++round) {
    std::string bytes;
    std::string marks;
    for (int i = 0; i < 200; ++i) {
      bytes += static_cast<char>(next());
      marks += signs[next() % signs.size()];
    }
    expect_sound(bytes);
    expect_sound(marks);
  }
}

TEST(Speakable, DoesNotSlowDownOnLongRuns) {
  for (const char* unit : {"<", "1×", "[", "*", "1,111", "](", "<b", "&", "1-", "é", "http://", "`", "\\"}) {
    std::string text;
    while (text.size() < 30'000) text += unit;
    expect_sound(text);
  }
}

}  // namespace
}  // namespace parley::text
