// SPDX-License-Identifier: Apache-2.0
// How single tokens of folded text are read: amounts, dates, units, symbols. Part of speakable().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

// Characters that have no ASCII of their own but that a rule wants to see, as bytes of folded text.
namespace symbol {
inline constexpr char kEuro = '\x80';
inline constexpr char kPound = '\x81';
inline constexpr char kYen = '\x82';
inline constexpr char kDegree = '\x83';
inline constexpr char kSquared = '\x84';
inline constexpr char kCubed = '\x85';
inline constexpr char kTimes = '\x86';
inline constexpr char kRange = '\x87';  // en dash
inline constexpr char kHalf = '\x88';
inline constexpr char kQuarter = '\x89';
inline constexpr char kThreeQuarters = '\x8A';
inline constexpr char kMicro = '\x8B';
inline constexpr char kAtMost = '\x8C';
inline constexpr char kAtLeast = '\x8D';
inline constexpr char kArrow = '\x8E';
inline constexpr char kThird = '\x8F';
inline constexpr char kTwoThirds = '\x90';
inline constexpr char kPerMille = '\x91';
inline constexpr char kCent = '\x92';
// 0x93 to 0x99: further currency signs, see speakable_units.cpp
inline constexpr char kNotEqual = '\x9A';
}  // namespace symbol

namespace ascii {
inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_letter(char c) { return is_lower(c) || is_upper(c); }
inline bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }
inline bool is_dash(char c) { return c == '-' || c == symbol::kRange; }
bool all_digits(std::string_view text);   // and not empty
bool all_letters(std::string_view text);  // and not empty
std::string lower(std::string_view text);
}  // namespace ascii

// A stretch of folded text without white space, its quotes and brackets taken off.
struct FoldedToken {
  std::string core;            // what the rules read
  char mark = '\0';            // closing punctuation: one of , . ; : ! ? or none
  char quote = '\0';           // ' or " straight after a last digit, where it may mean feet or inches
  bool opens_bracket = false;  // "(" stood before it
  bool closes_bracket = false;
  std::size_t source_start = 0;
  std::size_t source_end = 0;
};
using FoldedTokens = std::vector<FoldedToken>;

struct Reading {
  std::string text;        // words with spaces between; may be empty
  std::size_t tokens = 1;  // how many tokens it stands for
  bool keeps_mark = true;  // false when the mark was part of an abbreviation
};

// How tokens[index], and as many after it as belong to it, are read.
Reading read_token(const FoldedTokens& tokens, std::size_t index);

// The next token, if it may be taken together with tokens[index]: nothing stands between them.
const FoldedToken* following(const FoldedTokens& tokens, std::size_t index);

// The core of the token before, in lower case; empty where there is none.
std::string word_before(const FoldedTokens& tokens, std::size_t index);

}  // namespace parley::text
