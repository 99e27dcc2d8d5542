// SPDX-License-Identifier: Apache-2.0
// Written numerals as words: counts, years, decades, fractions, digits one by one. Part of speakable().
#pragma once

#include <string>
#include <string_view>

namespace parley::text {

// "204": "two zero four". Characters that are no digits are passed over.
std::string digits_in_words(std::string_view digits);

// "1,200" and "1200": "one thousand two hundred". One by one with a leading zero or more than 18 digits.
std::string count_in_words(std::string_view numeral);

// As count_in_words, with what follows the point one by one: "3.14": "three point one four".
std::string decimal_in_words(std::string_view numeral);

// "1.10.0": "one point ten point zero".
std::string version_in_words(std::string_view numerals);

// "1st", "1,000th": from the digits before the suffix.
std::string ordinal_in_words(std::string_view numeral);

// 1905: "nineteen oh five"; 2000: "two thousand"; 2024: "twenty twenty four". From 1000 to 9999.
std::string year_in_words(int year);

// "1990": "nineteen nineties"; "80": "eighties". Empty for what names no decade.
std::string decade_in_words(std::string_view numeral);

// 3 and 4: "three quarters". The denominator is 2 to 100.
std::string fraction_in_words(int numerator, int denominator);

}  // namespace parley::text
