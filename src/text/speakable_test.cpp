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
      {"The 3rd of 25 visitors came in 1999.", "The 3rd of 25 visitors came in 1999."},
      {"well-known rules; others: none", "well-known rules; others: none"},
      {"Mr. Smith and J. Doe of the U.S. market.", "Mr. Smith and J Doe of the U S market."},
  });
}

TEST(Speakable, DropsMarkdown) {
  expect_rows({
      {"**Bold**, _italic_, `code` and ~~old~~", "Bold, italic, code and old"},
      {"# Returns\nBring it back.", "Returns. Bring it back."},
      {"- one\n- two\n", "one. two."},
      {"1. First\n2. Second", "1. First. 2. Second"},
      {"A line that\nwraps here.", "A line that wraps here."},
      {"Title\n\nText", "Title. Text"},
      {"See [the guide](https://a.b/c_d(e)).", "See the guide."},
      {"![a logo](x.png) here", "a logo here"},
      {"Returns are free [1], always [2, 3].", "Returns are free, always."},
      {"> quoted <b>bold</b><br>x &amp; y", "quoted bold x and y"},
      {"| a | b |\n|---|---|\n| 1 | 2 |", "a, b, 1, 2,"},
      {"```cpp\nx\n```", "x."},
      {"5 \\* 3 \\_x\\_", "5 3 x"},
      {"snake_case and 3 * 4", "snake case and 3 times 4"},
  });
}

TEST(Speakable, ReadsMoney) {
  expect_rows({
      {"$12.50", "12 dollars 50 cents"},
      {"$1,299.05.", "1,299 dollars 5 cents."},
      {"$1.00 or $0.50", "1 dollar or 50 cents"},
      {"€45 & £1", "45 euros and 1 pound"},
      {"45 € or 45€", "45 euros or 45 euros"},
      {"45 EUR, EUR 1,200, 5 CHF", "45 euros, 1,200 euros, 5 Swiss francs"},
      {"$5 million, $2.5bn", "5 million dollars, 2.5 billion dollars"},
      {"$5/month", "5 dollars per month"},
      {"$5-10", "5 to 10 dollars"},
      {"¥500", "500 yen"},
      {"A$ is no amount", "A dollars is no amount"},
  });
}

TEST(Speakable, ReadsQuantities) {
  expect_rows({
      {"1 kg, 25 km/h, 1,200 mg", "1 kilogram, 25 kilometers per hour, 1,200 milligrams"},
      {"5GB at 16 kHz", "5 gigabytes at 16 kilohertz"},
      {"50°C, 1 °F? 90°", "50 degrees Celsius, 1 degree Fahrenheit? 90 degrees"},
      {"10 m² or 2×4 m", "10 square meters or 2 times 4 meters"},
      {"20% off, 5-10%", "20 percent off, 5 to 10 percent"},
      {"2-3 days, pages 10–20, 3.5 - 4", "2 to 3 days, pages 10 to 20, 3.5 to 4"},
      {"½ cup, 2½ hours", "a half cup, 2 and a half hours"},
      {"-5 degrees, +31", "minus 5 degrees, plus 31"},
      {"10x faster, 10k users", "10 times faster, 10 thousand users"},
      {"the 1990s", "the 1990s"},
      {"555-1234", "555 1234"},
      {"30 min.", "30 minutes."},
  });
}

TEST(Speakable, ReadsDatesAndTimes) {
  expect_rows({
      {"on 2024-03-15.", "on March 15th 2024."},
      {"2024-01-02T09:30", "January 2nd 2024 at 9 30"},
      {"2024-13-45", "2024 13 45"},
      {"9:30, 9:05, 9:00, 17:00, 24:00", "9 30, 9 oh 5, 9 o'clock, 17 hundred, midnight"},
      {"9:00 am to 5 pm", "9 A M to 5 P M"},
      {"9:00-17:30", "9 o'clock to 17 30"},
      {"open 24/7", "open 24 7"},
  });
}

TEST(Speakable, ReadsSymbolsAndAddresses) {
  expect_rows({
      {"https://www.example.com/a?b=c_d.", "example dot com."},
      {"(see http://example.org:8080/x)", "see example dot org,"},
      {"mail me@example.com", "mail me at example dot com"},
      {"R&D, AT&T", "R and D, AT and T"},
      {"<5, >= 10, ~20, #3", "less than 5, at least 10, about 20, number 3"},
      {"a/b or 1/2", "a slash b or 1/2"},
      {"v2.1, 1.2.3, config.toml", "version 2 point 1, 1 point 2 point 3, config dot toml"},
      {"C++, C#, camelCase", "C plus plus, C sharp, camel Case"},
      {"x = 5", "x equals 5"},
      {"No. 5, e.g. this, etc. Then", "number 5, for example this, et cetera. Then"},
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
      {"٣ items", "3 items"},
      {"a\x01\x02z\tb\r\nc", "a z b c"},
      {"bad \xFF\xC3 bytes", "bad bytes"},
      {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx xxxxxxx"},
      {"We refund (within 30 days) all", "We refund, within 30 days, all"},
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
  EXPECT_EQ(result.text, "It costs 45 euros and 25 kilometers per hour.");
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& word : result.words) {
    pairs.emplace_back(result.text.substr(word.start, word.end - word.start),
                       source.substr(word.source_start, word.source_end - word.source_start));
  }
  const std::vector<std::pair<std::string, std::string>> expected{
      {"It", "It"},
      {"costs", "costs"},
      {"45", "€45"},
      {"euros", "€45"},
      {"and", "&"},
      {"25", "25 km/h."},
      {"kilometers", "25 km/h."},
      {"per", "25 km/h."},
      {"hour.", "25 km/h."},
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
