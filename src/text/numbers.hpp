// SPDX-License-Identifier: Apache-2.0
// Numbers as words and words as numbers, for matching what was said against what is written: a recogniser
// hears "twenty five", the document says "25".
#pragma once

#include "text/words.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

// The tokens of a text with every number in one written form, so that the same amount compares equal however
// it was said or written. A token that replaces several spans them all. For matching, not for display:
//   "25", "twenty five", "twenty-five"                       25
//   "1,200", "twelve hundred", "one thousand two hundred"    1200
//   "2.5", "2.50", "two point five", "two and a half"        2.5
//   "9:30", "nine thirty", "half past nine"                  930   (a pair is read together, without a mark,
//   "$12.50", "twelve fifty", "twelve dollars fifty"         1250   since speech does not tell them apart)
//   "9:00", "9 am", "nine o'clock"                           9
//   "3rd", "third", "twenty first"                           3rd, 3rd, 21st   ("2nd": second, as the unit)
//   "1999", "nineteen ninety nine"                           1999
//   "15%", "fifteen per cent"                                15 percent
//   "250w", "r2"                                             250 w, r 2
//   "a.m.", "U.S."                                           am, us
std::vector<Token> canonical_tokens(std::string_view text);

// "twelve hundred and five" is never produced: 1205 is "one thousand two hundred five". Negative numbers
// begin with "minus".
std::string number_words(std::int64_t number);

// 21: "twenty first". `number` is not negative.
std::string ordinal_words(std::int64_t number);

}  // namespace parley::text
