// SPDX-License-Identifier: Apache-2.0
#include "text/numbers.hpp"

#include <limits>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

std::string canonical(std::string_view source) {
  std::string out;
  for (const Token& token : canonical_tokens(source)) out += (out.empty() ? "" : " ") + token.text;
  return out;
}

struct Row {
  const char* source;
  const char* canonical;
};

class CanonicalTokens : public ::testing::TestWithParam<Row> {};

TEST_P(CanonicalTokens, WritesNumbersInOneForm) {
  EXPECT_EQ(canonical(GetParam().source), GetParam().canonical) << GetParam().source;
}

INSTANTIATE_TEST_SUITE_P(
    Table, CanonicalTokens,
    ::testing::Values(
        Row{"25", "25"}, Row{"twenty five", "25"}, Row{"Twenty-Five days", "25 days"}, Row{"1,200", "1200"},
        Row{"twelve hundred", "1200"}, Row{"one thousand two hundred", "1200"},
        Row{"a hundred and five", "105"}, Row{"one hundred five", "105"}, Row{"a thousand", "1000"},
        Row{"two million", "2000000"}, Row{"2 million", "2000000"},
        Row{"three hundred and sixty five days", "365 days"}, Row{"two hundred fifty thousand", "250000"},
        Row{"one billion and one", "1000000001"}, Row{"zero", "0"}, Row{"007", "7"}, Row{"2.5", "2.5"},
        Row{"2.50", "2.5"}, Row{"two point five", "2.5"}, Row{"three point one four", "3.14"},
        Row{"two and a half hours", "2.5 hours"}, Row{"0.5", "0.5"}, Row{"zero point five", "0.5"},
        Row{"9:30", "930"}, Row{"09:30", "930"}, Row{"nine thirty", "930"}, Row{"half past nine", "930"},
        Row{"quarter to ten", "945"}, Row{"a quarter past one", "a 115"}, Row{"9:30am", "930 am"},
        Row{"9 a.m.", "9 am"}, Row{"nine o'clock", "9"}, Row{"9:00", "9"}, Row{"17:05", "1705"},
        Row{"nine oh five", "905"}, Row{"$12.50", "dollars 1250"}, Row{"twelve fifty", "1250"},
        Row{"twelve dollars and fifty cents", "1250"}, Row{"twelve dollars fifty", "1250"},
        Row{"12.50 dollars", "1250 dollars"}, Row{"$12", "dollars 12"}, Row{"$1,250.00", "dollars 1250"},
        Row{"€3.20", "euros 320"}, Row{"£5", "pounds 5"}, Row{"twelve dollars", "12 dollars"},
        Row{"twelve dollars and two friends", "12 dollars and 2 friends"}, Row{"3rd", "3rd"},
        Row{"third", "3rd"}, Row{"twenty first", "21st"}, Row{"21st", "21st"},
        Row{"the hundred and first", "the 101st"}, Row{"2nd", "second"}, Row{"second", "second"},
        Row{"twenty second", "22nd"}, Row{"eleventh", "11th"}, Row{"11th", "11th"}, Row{"112th", "112th"},
        Row{"fortieth", "40th"}, Row{"1999", "1999"}, Row{"nineteen ninety nine", "1999"},
        Row{"twenty twenty four", "2024"}, Row{"15%", "15 percent"}, Row{"fifteen per cent", "15 percent"},
        Row{"250W", "250 w"}, Row{"36V battery", "36 v battery"}, Row{"R2", "r 2"}, Row{"r two", "r 2"},
        Row{"U.S. law", "us law"}, Row{"twenty four seven", "24 7"}, Row{"24/7", "24 7"},
        Row{"one two three", "1 2 3"}, Row{"9 30", "9 30"}, Row{"1.2.3", "1.2.3"},
        Row{"hundreds of people", "hundreds of people"}, Row{"point taken", "point taken"}, Row{"", ""},
        Row{"company.md", "company.md"}, Row{"half a day", "half a day"}, Row{"1:99", "1 99"},
        Row{"99999999999999999999999", "99999999999999999999999"}, Row{"five hundred 20", "500 20"}));

TEST(CanonicalTokens, SpanTheirSource) {
  const std::string_view source = "Open until half past nine on Mondays";
  const auto tokens = canonical_tokens(source);
  ASSERT_EQ(tokens.size(), 5U);
  EXPECT_EQ(source.substr(tokens[2].start, tokens[2].end - tokens[2].start), "half past nine");
}

TEST(NumberWords, SpellsNumbers) {
  const std::vector<std::pair<std::int64_t, const char*>> table = {
      {0, "zero"},
      {13, "thirteen"},
      {25, "twenty five"},
      {100, "one hundred"},
      {1205, "one thousand two hundred five"},
      {1'000'000, "one million"},
      {-7, "minus seven"},
      {std::numeric_limits<std::int64_t>::min(),
       "minus nine quintillion two hundred twenty three quadrillion three hundred seventy two trillion "
       "thirty six "
       "billion eight hundred fifty four million seven hundred seventy five thousand eight hundred eight"}};
  for (const auto& [number, words] : table) EXPECT_EQ(number_words(number), words);
}

TEST(NumberWords, SpellsOrdinals) {
  const std::vector<std::pair<std::int64_t, const char*>> table = {{1, "first"},
                                                                   {2, "second"},
                                                                   {12, "twelfth"},
                                                                   {20, "twentieth"},
                                                                   {21, "twenty first"},
                                                                   {100, "one hundredth"},
                                                                   {1005, "one thousand fifth"}};
  for (const auto& [number, words] : table) EXPECT_EQ(ordinal_words(number), words);
}

TEST(NumberWords, ComeBackAsTheSameNumber) {
  for (std::int64_t number = 0; number < 3000; ++number) {
    EXPECT_EQ(canonical(number_words(number)), std::to_string(number)) << number_words(number);
  }
  for (const std::int64_t number : {12'345, 700'000, 1'000'001, 999'999'999}) {
    EXPECT_EQ(canonical(number_words(number)), std::to_string(number));
  }
}

}  // namespace
}  // namespace parley::text
