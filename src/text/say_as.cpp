// SPDX-License-Identifier: Apache-2.0
#include "text/say_as.hpp"

#include "text/numbers.hpp"
#include "text/speakable.hpp"
#include "text/speakable_numbers.hpp"
#include "text/speakable_rules.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace parley::text {
namespace {

using namespace ascii;

void append(std::string& words, std::string_view word) {
  if (word.empty()) return;
  if (!words.empty()) words += ' ';
  words += word;
}

std::string_view sign_name(char c) {
  constexpr auto kNames = std::to_array<std::pair<char, std::string_view>>({{'-', "dash"},
                                                                            {'.', "dot"},
                                                                            {'_', "underscore"},
                                                                            {'@', "at"},
                                                                            {'/', "slash"},
                                                                            {'+', "plus"},
                                                                            {'#', "hash"},
                                                                            {'*', "star"},
                                                                            {'&', "and"},
                                                                            {'%', "percent"},
                                                                            {'$', "dollar"},
                                                                            {':', "colon"},
                                                                            {'=', "equals"}});
  const auto* found = std::ranges::find(kNames, c, &std::pair<char, std::string_view>::first);
  return found == kNames.end() ? std::string_view() : found->second;
}

std::string characters(std::string_view text) {
  std::string words;
  for (const char c : text) {
    if (is_digit(c)) {
      append(words, digits_in_words(std::string_view(&c, 1)));
    } else if (is_letter(c)) {
      const char upper = is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
      append(words, std::string_view(&upper, 1));
    } else {
      append(words, sign_name(c));
    }
  }
  return words;
}

bool is_numeral(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && is_digit(text[0]) && std::ranges::count(text, '.') < 2 && is_digit(text.back()) &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || c == ',' || c == '.'; });
}

std::string cardinal(std::string_view text) {
  std::string sign;
  if (text.starts_with('-')) sign = "minus ";
  if (text.starts_with('+')) sign = "plus ";
  return sign + decimal_in_words(text.substr(sign.empty() ? 0 : 1));
}

// "+1 (555) 123": digits in groups with a short pause between them.
std::string telephone(std::string_view text) {
  std::string words;
  bool gap = false;
  for (const char c : text) {
    if (c == '+') append(words, "plus");
    if (is_digit(c)) {
      if (gap && !words.empty() && !words.ends_with("plus")) words += ',';
      append(words, digits_in_words(std::string_view(&c, 1)));
    }
    gap = !is_digit(c);
  }
  return words;
}

// The numbers of a date in the order of its format; nothing when they cannot be one.
std::optional<std::string> date(std::string_view format, std::string_view text) {
  constexpr auto kMonths =
      std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July",
                                       "August", "September", "October", "November", "December"});
  std::vector<int> numbers;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_not_of("0123456789", at), text.size());
    if (end == at || end - at > 4) return std::nullopt;
    numbers.push_back(std::stoi(std::string(text.substr(at, end - at))));
    at = end + 1;
  }
  if (numbers.size() != format.size()) return std::nullopt;
  int day = 0;
  int month = 0;
  int year = 0;
  for (std::size_t i = 0; i < format.size(); ++i) {
    if (format[i] == 'd') day = numbers[i];
    if (format[i] == 'm') month = numbers[i];
    if (format[i] == 'y') year = numbers[i];
  }
  const bool wants_year = format.find('y') != std::string_view::npos;
  if (day > 31 || month > 12 || (wants_year && (year < 1000 || year > 9999))) return std::nullopt;
  std::string words;
  if (month > 0) append(words, kMonths[static_cast<std::size_t>(month - 1)]);
  if (day > 0) append(words, ordinal_words(day));
  if (wants_year) {
    if (!words.empty()) words += ',';
    append(words, year_in_words(year));
  }
  return words;
}

}  // namespace

std::optional<std::string> say_as(std::string_view interpret_as, std::string_view format,
                                  std::string_view text) {
  if (interpret_as == "characters" || interpret_as == "spell-out" || interpret_as == "verbatim") {
    const std::string words = characters(text);
    return words.empty() ? speakable(text).text : words;
  }
  if (interpret_as == "digits") {
    const std::string words = digits_in_words(text);
    return words.empty() ? speakable(text).text : words;
  }
  if (interpret_as == "cardinal" || interpret_as == "number") {
    return is_numeral(text) ? cardinal(text) : speakable(text).text;
  }
  if (interpret_as == "ordinal") return all_digits(text) ? ordinal_in_words(text) : speakable(text).text;
  if (interpret_as == "date") {
    if (!format.empty()) {
      if (auto words = date(format, text)) return words;
    }
    return speakable(text).text;
  }
  if (interpret_as == "telephone") {
    const std::string words = telephone(text);
    return words.empty() ? speakable(text).text : words;
  }
  if (interpret_as == "time" || interpret_as == "currency") return speakable(text).text;
  return std::nullopt;
}

}  // namespace parley::text
