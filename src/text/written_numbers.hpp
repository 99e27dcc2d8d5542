// SPDX-License-Identifier: Apache-2.0
// Number words read as numbers. Part of written_text().
#pragma once

#include "text/written_words.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley::text {

// "three", "fifth", "twenty": what is a number by itself; neither "hundred" nor "oh".
bool is_number_word(std::string_view word);

// 0 to 9, "oh" and "o" too; -1 for anything else.
int digit_of(std::string_view word);

// Below 100: "seven", "seventeen", "seventy seven", "seventy seventh".
struct SmallNumber {
  int value = 0;
  std::size_t end = 0;
  bool ordinal = false;
};
std::optional<SmallNumber> small_number_at(const SaidWords& said, std::size_t index);

// "twelve hundred and five", "two point five million", "a hundred", "forty third".
struct SaidNumber {
  std::int64_t value = 0;  // without what follows the point; in units of `scale`
  std::string decimals;    // "25" of "three point two five"
  std::string_view scale;  // "million" where the number ends with it: it is written as a word
  std::size_t end = 0;
  bool ordinal = false;
  bool article = false;  // begins with "a": "a hundred"
  bool round = false;    // a lone "a hundred", "a thousand", "a million"

  bool is_small() const { return value < 10 && decimals.empty() && scale.empty(); }
  // "1,200", "2.5 million", "21st".
  std::string written() const;
};
std::optional<SaidNumber> number_at(const SaidWords& said, std::size_t index);

// "twenty twenty four", "nineteen oh five", "two thousand eight", "eighteen hundred".
struct SaidYear {
  int value = 0;
  std::size_t end = 0;
  bool plain = false;  // could be a count: "two thousand eight"
};
std::optional<SaidYear> year_at(const SaidWords& said, std::size_t index);

std::string with_commas(std::int64_t value);
std::string ordinal_digits(std::int64_t value);  // 21: "21st"

}  // namespace parley::text
