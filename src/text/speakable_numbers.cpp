// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_numbers.hpp"

#include "text/numbers.hpp"
#include "text/speakable_rules.hpp"

#include <algorithm>
#include <cstdint>

namespace parley::text {
namespace {

using namespace ascii;

constexpr std::size_t kMostDigits = 18;  // fit 64 bits, and nobody counts further aloud

std::string only_digits(std::string_view numeral) {
  std::string digits;
  std::copy_if(numeral.begin(), numeral.end(), std::back_inserter(digits), is_digit);
  return digits;
}

std::string plural(std::string word) {
  if (word.ends_with('y')) return word.substr(0, word.size() - 1) + "ies";
  if (word.ends_with('x')) return word + "es";
  return word + 's';
}

}  // namespace

std::string digits_in_words(std::string_view digits) {
  std::string words;
  for (const char c : digits) {
    if (!is_digit(c)) continue;
    if (!words.empty()) words += ' ';
    words += number_words(c - '0');
  }
  return words;
}

std::string count_in_words(std::string_view numeral) {
  const std::string digits = only_digits(numeral);
  if (digits.empty()) return {};
  const bool coded = digits.size() > 1 && digits[0] == '0';
  if (coded || digits.size() > kMostDigits) return digits_in_words(digits);
  return number_words(std::stoll(digits));
}

std::string decimal_in_words(std::string_view numeral) {
  const auto point = numeral.find('.');
  if (point == std::string_view::npos) return count_in_words(numeral);
  const std::string whole = count_in_words(numeral.substr(0, point));
  return whole + (whole.empty() ? "point " : " point ") + digits_in_words(numeral.substr(point + 1));
}

std::string version_in_words(std::string_view numerals) {
  std::string words;
  for (std::size_t at = 0; at <= numerals.size();) {
    const auto end = std::min(numerals.find('.', at), numerals.size());
    if (!words.empty()) words += " point ";
    words += count_in_words(numerals.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string ordinal_in_words(std::string_view numeral) {
  const std::string digits = only_digits(numeral);
  if (digits.empty() || digits.size() > kMostDigits) return digits_in_words(digits);
  return ordinal_words(std::stoll(digits));
}

std::string year_in_words(int year) {
  const int century = year / 100;
  const int rest = year % 100;
  const bool whole_thousand = year % 1000 < 10;  // "two thousand five", as "twenty oh five" is rarely said
  if (whole_thousand) return number_words(year);
  if (rest == 0) return number_words(century) + " hundred";
  return number_words(century) + (rest < 10 ? " oh " : " ") + number_words(rest);
}

std::string decade_in_words(std::string_view numeral) {
  const std::string digits = only_digits(numeral);
  if (digits.size() == 2 && digits[0] > '1' && digits[1] == '0')
    return plural(number_words(std::stoi(digits)));
  if (digits.size() != 4 || digits[3] != '0' || digits[0] == '0') return {};
  return plural(year_in_words(std::stoi(digits)));
}

std::string fraction_in_words(int numerator, int denominator) {
  std::string part = denominator == 2 ? "half" : denominator == 4 ? "quarter" : ordinal_words(denominator);
  if (numerator != 1) part = denominator == 2 ? "halves" : part + 's';
  return number_words(numerator) + ' ' + part;
}

}  // namespace parley::text
