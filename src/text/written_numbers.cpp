// SPDX-License-Identifier: Apache-2.0
#include "text/written_numbers.hpp"

#include <array>
#include <utility>

namespace parley::text {
namespace {

constexpr auto kUnits = std::to_array<std::string_view>(
    {"zero",     "one",     "two",     "three",     "four",     "five",    "six",
     "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
     "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"});
constexpr auto kTens = std::to_array<std::string_view>(
    {"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"});
constexpr auto kUnitOrdinals = std::to_array<std::string_view>(
    {"",           "first",     "second",    "third",       "fourth",     "fifth",     "sixth",
     "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",   "thirteenth",
     "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"});
constexpr auto kTensOrdinals =
    std::to_array<std::string_view>({"", "", "twentieth", "thirtieth", "fortieth", "fiftieth", "sixtieth",
                                     "seventieth", "eightieth", "ninetieth"});

struct Scale {
  std::string_view word;
  std::string_view ordinal;
  std::int64_t value;
};
constexpr auto kScales = std::to_array<Scale>({{"trillion", "trillionth", 1'000'000'000'000},
                                               {"billion", "billionth", 1'000'000'000},
                                               {"million", "millionth", 1'000'000},
                                               {"thousand", "thousandth", 1'000}});

template <std::size_t N>
int index_of(std::string_view word, const std::array<std::string_view, N>& words) {
  if (word.empty()) return -1;
  const auto found = std::ranges::find(words, word);
  return found == words.end() ? -1 : static_cast<int>(found - words.begin());
}

const Scale* scale_of(std::string_view word) {
  const auto* found = std::ranges::find_if(kScales, [&](const Scale& scale) { return scale.word == word; });
  return word.empty() || found == kScales.end() ? nullptr : found;
}

// What a number is put together from: up to 9,900 ("ninety nine hundred").
struct Group {
  std::int64_t value = 0;
  std::size_t end = 0;
  bool ordinal = false;
};

std::optional<Group> group_at(const SaidWords& said, std::size_t index) {
  const auto first = small_number_at(said, index);
  if (!first) return std::nullopt;
  Group group{first->value, first->end, first->ordinal};
  if (first->ordinal || first->value == 0 || first->value % 10 == 0) return group;
  if (said[group.end] == "hundredth") return Group{group.value * 100, group.end + 1, true};
  if (said[group.end] != "hundred") return group;
  group.value *= 100;
  ++group.end;
  const std::size_t next = said[group.end] == "and" ? group.end + 1 : group.end;
  const auto rest = small_number_at(said, next);
  // "between one hundred and two hundred" names two numbers.
  const bool another =
      rest && (said[rest->end] == "hundred" || (next != group.end && scale_of(said[rest->end]) != nullptr));
  if (!rest || rest->value == 0 || another) return group;
  return Group{group.value + rest->value, rest->end, rest->ordinal};
}

// Digits after "point": "one four", "twenty five", "oh five".
std::string decimals_at(const SaidWords& said, std::size_t& index) {
  std::string digits;
  while (true) {
    const int digit = digit_of(said[index]);
    if (digit >= 0) {
      digits += static_cast<char>('0' + digit);
      ++index;
      continue;
    }
    const auto two = digits.empty() ? small_number_at(said, index) : std::nullopt;
    if (!two || two->ordinal) return digits;
    digits = std::to_string(two->value);
    index = two->end;
    return digits;
  }
}

// The whole number at `index`, and where its last scale word is one that stays a word.
std::optional<SaidNumber> whole_at(const SaidWords& said, std::size_t index) {
  SaidNumber number;
  std::optional<Group> group = group_at(said, index);
  if (!group && said[index] == "a") {
    const bool hundred = said[index + 1] == "hundred";
    if (!hundred && scale_of(said[index + 1]) == nullptr) return std::nullopt;
    number.article = true;
    group = Group{hundred ? 100 : 1, index + (hundred ? 2U : 1U), false};
    if (hundred && said[group->end] == "and") {
      const auto rest = small_number_at(said, group->end + 1);
      if (rest && rest->value > 0 && said[rest->end] != "hundred") {
        group = Group{100 + rest->value, rest->end, rest->ordinal};
      }
    }
    number.round = group->value == 100 || !hundred;
  }
  const bool hundreds = group && group->value >= 100;
  if (!group) return std::nullopt;
  std::int64_t limit = INT64_MAX;
  std::size_t scales = 0;
  bool scaled = false;
  while (group) {
    const Scale* scale = scale_of(said[group->end]);
    const bool ends = group->ordinal || scale == nullptr || scale->value >= limit;
    if (ends) {
      number.value += group->value;
      number.end = group->end;
      number.ordinal = group->ordinal;
      number.scale = {};
      number.round &= !scaled;
      return number;
    }
    number.value += group->value * scale->value;
    number.end = group->end + 1;
    number.scale = scale->value > 1000 && ++scales == 1 ? scale->word : std::string_view();
    limit = scale->value;
    scaled = true;
    number.round &= !hundreds;
    const bool joined = said[number.end] == "and";
    group = group_at(said, number.end + (joined ? 1 : 0));
    const Scale* next = group ? scale_of(said[group->end]) : nullptr;
    if (group && (group->value == 0 || group->value >= limit || (next != nullptr && next->value >= limit) ||
                  (joined && group->value >= 100))) {
      group.reset();
    }
  }
  if (!number.scale.empty()) number.value /= scale_of(number.scale)->value;
  return number;
}

}  // namespace

bool is_number_word(std::string_view word) {
  return index_of(word, kUnits) >= 0 || index_of(word, kTens) >= 0 || index_of(word, kUnitOrdinals) >= 0 ||
         index_of(word, kTensOrdinals) >= 0;
}

int digit_of(std::string_view word) {
  if (word == "oh" || word == "o") return 0;
  const int unit = index_of(word, kUnits);
  return unit < 10 ? unit : -1;
}

std::optional<SmallNumber> small_number_at(const SaidWords& said, std::size_t index) {
  const std::string_view word = said[index];
  if (const int unit = index_of(word, kUnits); unit >= 0) return SmallNumber{unit, index + 1, false};
  if (const int unit = index_of(word, kUnitOrdinals); unit >= 0) return SmallNumber{unit, index + 1, true};
  if (const int tens = index_of(word, kTensOrdinals); tens >= 0)
    return SmallNumber{tens * 10, index + 1, true};
  const int tens = index_of(word, kTens);
  if (tens < 0) return std::nullopt;
  if (const int unit = index_of(said[index + 1], kUnits); unit > 0 && unit < 10) {
    return SmallNumber{tens * 10 + unit, index + 2, false};
  }
  if (const int unit = index_of(said[index + 1], kUnitOrdinals); unit > 0 && unit < 10) {
    // "a twenty second clip" lasts that long.
    const bool seconds = said[index + 1] == "second" && said.before(index) == "a";
    if (!seconds) return SmallNumber{tens * 10 + unit, index + 2, true};
  }
  return SmallNumber{tens * 10, index + 1, false};
}

std::optional<SaidNumber> number_at(const SaidWords& said, std::size_t index) {
  std::optional<SaidNumber> number = whole_at(said, index);
  if (!number && (said[index] == "oh" || said[index] == "point")) {
    number = SaidNumber{};
    number->end = said[index] == "oh" ? index + 1 : index;
    if (said[number->end] != "point") return std::nullopt;
  }
  if (!number || number->ordinal) return number;
  std::size_t at = number->end + 1;
  if (said[number->end] == "point" && number->scale.empty()) {
    number->decimals = decimals_at(said, at);
    if (number->decimals.empty()) {
      if (number->end == index) return std::nullopt;
      return number;
    }
    number->end = at;
  } else if (said[number->end] == "and" && said[number->end + 1] == "a" &&
             (said[number->end + 2] == "half" || said[number->end + 2] == "quarter") &&
             number->scale.empty() && said[number->end + 3] != "of") {
    // Small ones stay words: "two and a half hours", but not "two and a half million".
    const bool followed = scale_of(said[number->end + 3]) != nullptr || said[number->end + 3] == "percent";
    if (number->is_small() && !followed) return number;
    number->decimals = said[number->end + 2] == "half" ? "5" : "25";
    number->end += 3;
  } else {
    return number;
  }
  if (const Scale* scale = scale_of(said[number->end])) {
    number->scale = scale->word;
    ++number->end;
  }
  return number;
}

std::optional<SaidYear> year_at(const SaidWords& said, std::size_t index) {
  const auto first = small_number_at(said, index);
  if (!first || first->ordinal) return std::nullopt;
  if (first->value == 2 && said[first->end] == "thousand") {
    const std::size_t end = first->end + 1;
    const auto rest = small_number_at(said, said[end] == "and" ? end + 1 : end);
    if (rest && !rest->ordinal && rest->value > 0 && said[rest->end] != "hundred" &&
        scale_of(said[rest->end]) == nullptr) {
      return SaidYear{2000 + rest->value, rest->end, true};
    }
    return SaidYear{2000, end, true};
  }
  if (first->value < 10 || first->value > 20) return std::nullopt;
  const int century = first->value * 100;
  if (said[first->end] == "hundred") return SaidYear{century, first->end + 1, true};
  if (said[first->end] == "oh") {
    const int digit = digit_of(said[first->end + 1]);
    if (digit > 0) return SaidYear{century + digit, first->end + 2, false};
    return std::nullopt;
  }
  const auto second = small_number_at(said, first->end);
  if (!second || second->ordinal || second->value < 10) return std::nullopt;
  return SaidYear{century + second->value, second->end, false};
}

std::string with_commas(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string ordinal_digits(std::int64_t value) {
  const std::int64_t tens = value % 100;
  const bool teen = tens > 10 && tens < 14;
  const char* suffix = "th";
  if (!teen && value % 10 == 1) suffix = "st";
  if (!teen && value % 10 == 2) suffix = "nd";
  if (!teen && value % 10 == 3) suffix = "rd";
  return with_commas(value) + suffix;
}

std::string SaidNumber::written() const {
  if (ordinal) return ordinal_digits(value);
  std::string text = with_commas(value);
  if (!decimals.empty()) text += '.' + decimals;
  if (!scale.empty()) text += ' ' + std::string(scale);
  return text;
}

}  // namespace parley::text
