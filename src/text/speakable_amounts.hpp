// SPDX-License-Identifier: Apache-2.0
// Numbers at the beginning of a token, and how they are read. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::text {

struct Numeral {
  std::string_view whole;     // "1,200"
  std::string_view decimals;  // "50" of "12.50"
  char part = '\0';           // a fraction written as one character
  std::size_t length = 0;
};

// A number, or a range of two, at the beginning of a token.
struct Amount {
  std::string_view sign;  // "minus ", "plus "
  Numeral first;
  std::optional<Numeral> second;
  std::size_t length = 0;

  bool is_one() const {
    if (second || !first.decimals.empty()) return false;
    return first.part == '\0' ? first.whole == "1" : first.whole.empty();
  }
};

// "2.5", "2½", "1,200". Nothing for what begins otherwise or is no number ("1.2.3").
std::optional<Numeral> parse_numeral(std::string_view text);

// With a sign, and as a range: "-5", "2-3", "$5-$10" without the first "$".
std::optional<Amount> parse_amount(std::string_view text);

std::string in_words(const Numeral& numeral);
std::string in_words(const Amount& amount);

// "a half" for the byte of a fraction; empty for any other.
std::string_view fraction_words(char c);
bool is_fraction(char c);

// Whether the numeral is a whole number in plain digits.
bool is_plain(const Numeral& numeral);

// Four digits that can be a year, whatever stands around them.
bool four_digit_year(std::string_view digits);

// Whether four digits, written without a comma, are rather a year than a count.
bool is_year(const FoldedTokens& tokens, std::size_t index, std::string_view digits);

// "a 5 km run", "the $10 bill": tokens[index] to tokens[last] stand before a noun, and so in the singular.
bool describes(const FoldedTokens& tokens, std::size_t index, std::size_t last);

// "/month" after an amount: " per month". Nothing for what is no such thing, empty for an empty text.
std::optional<std::string> per(std::string_view rest);

}  // namespace parley::text
