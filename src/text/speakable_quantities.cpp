// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_quantities.hpp"

#include "text/speakable_amounts.hpp"
#include "text/speakable_numbers.hpp"
#include "text/speakable_units.hpp"

#include <algorithm>
#include <utility>

namespace parley::text {
namespace {

using namespace ascii;

// What stands after a number: nothing of this, or so many tokens in all.
struct Tail {
  std::string words;
  std::size_t tokens = 1;
  bool keeps_mark = true;
};

// Units that are words, too, or that are written with a full stop.
bool wants_stop(std::string_view written) { return written == "in" || written == "pt"; }
bool ambiguous(std::string_view written) {
  return written == "A" || written == "B" || written == "N" || written == "J" || written == "mo";
}

// "km", "sq ft", "in.": the unit that follows the number as a token of its own.
std::optional<Tail> unit_apart(const FoldedTokens& tokens, std::size_t index, bool one) {
  const FoldedToken* next = following(tokens, index);
  if (next == nullptr) return std::nullopt;
  if (next->core == "sq" || next->core == "cu") {
    const FoldedToken* after = index + 2 < tokens.size() ? &tokens[index + 2] : nullptr;
    const Unit* base = after != nullptr ? find_unit(after->core) : nullptr;
    if (base == nullptr) return std::nullopt;
    const std::string kind = next->core == "sq" ? "square " : "cubic ";
    return Tail{kind + std::string(one ? base->one : base->many), 3};
  }
  if (next->core == "in" && next->mark == '.')
    return Tail{one ? "inch" : "inches", 2, index + 2 == tokens.size()};
  if (ambiguous(next->core) || (wants_stop(next->core) && next->mark != '.')) return std::nullopt;
  std::string words = unit_in_words(next->core, one || describes(tokens, index, index + 1));
  if (words.empty()) return std::nullopt;
  const bool last = index + 2 >= tokens.size();
  const bool ends = last || is_upper(tokens[index + 2].core[0]);
  return Tail{std::move(words), 2, next->mark != '.' || ends};
}

// "5 x 7 inches", "2×4 m", "1920x1080": what follows the first number.
std::optional<Tail> dimensions(const FoldedTokens& tokens, std::size_t index, std::string_view rest) {
  std::string words;
  std::size_t last = index;
  const auto is_cross = [](char c) { return c == 'x' || c == symbol::kTimes; };
  bool apart = false;
  while (true) {
    std::string_view second;
    if (rest.size() > 1 && is_cross(rest[0])) {
      second = rest.substr(1);
    } else if (rest.empty() && last + 2 < tokens.size() && tokens[last].mark == '\0' &&
               tokens[last + 1].core.size() == 1 && is_cross(tokens[last + 1].core[0])) {
      apart |= tokens[last + 1].core[0] == symbol::kTimes;
      last += 2;
      second = tokens[last].core;
    } else {
      break;
    }
    const auto numeral = parse_numeral(second);
    if (!numeral) return std::nullopt;
    words += " by " + in_words(*numeral);
    rest = second.substr(numeral->length);
  }
  if (words.empty()) return std::nullopt;
  if (!rest.empty()) {
    const Unit* unit = find_unit(rest);
    if (unit == nullptr) return std::nullopt;
    return Tail{words + ' ' + std::string(unit->many), last - index + 1};
  }
  if (const auto unit = unit_apart(tokens, last, false)) {
    return Tail{words + ' ' + unit->words, last - index + unit->tokens, unit->keeps_mark};
  }
  if (apart) return std::nullopt;  // "6 × 7" is a product
  return Tail{words, last - index + 1};
}

// "1/2" as two numbers.
std::optional<std::pair<int, int>> parse_ratio(std::string_view text) {
  const auto slash = text.find('/');
  if (slash > 2 || text.size() - slash > 4) return std::nullopt;  // none at all, too
  if (!all_digits(text.substr(0, slash)) || !all_digits(text.substr(slash + 1))) return std::nullopt;
  return std::pair{std::stoi(std::string(text.substr(0, slash))),
                   std::stoi(std::string(text.substr(slash + 1)))};
}

bool is_proper_fraction(std::pair<int, int> ratio) {
  return ratio.first > 0 && ratio.first < ratio.second && ratio.second <= 100;
}

std::string mixed(std::pair<int, int> ratio) {
  const std::string words = fraction_in_words(ratio.first, ratio.second);
  return ratio.first == 1 ? "a " + words.substr(4) : words;
}

// "2021/22": a season.
std::optional<std::string> season(std::string_view text) {
  if (text.size() != 7 || text[4] != '/' || !four_digit_year(text.substr(0, 4)) ||
      !all_digits(text.substr(5))) {
    return std::nullopt;
  }
  const int year = std::stoi(std::string(text.substr(0, 4)));
  if (std::stoi(std::string(text.substr(5))) != (year + 1) % 100) return std::nullopt;
  return year_in_words(year) + ' ' + count_in_words(text.substr(5));
}

std::optional<Reading> read_ratio(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  if (core == "24/7") return Reading{"twenty four seven"};
  if (core == "9/11") return Reading{"nine eleven"};
  if (core == "1/x" || core == "1/n") return Reading{"one over " + std::string(core.substr(2))};
  if (auto years = season(core)) return Reading{std::move(*years)};
  if (const auto ratio = parse_ratio(core)) {
    if (is_proper_fraction(*ratio)) {
      const std::string words = fraction_in_words(ratio->first, ratio->second);
      const auto unit = unit_apart(tokens, index, true);
      if (!unit) return Reading{words};
      return Reading{words + ' ' + unit->words, unit->tokens, unit->keeps_mark};
    }
    if (ratio->first == ratio->second) {
      return Reading{count_in_words(std::to_string(ratio->first)) + ' ' +
                     count_in_words(std::to_string(ratio->second))};
    }
  }
  // "120/80 mmHg", "22/7"
  const auto slash = core.find('/');
  if (slash != std::string_view::npos && all_digits(core.substr(0, slash)) &&
      all_digits(core.substr(slash + 1))) {
    std::string words =
        count_in_words(core.substr(0, slash)) + " over " + count_in_words(core.substr(slash + 1));
    const auto unit = unit_apart(tokens, index, false);
    if (!unit) return Reading{std::move(words)};
    return Reading{words + ' ' + unit->words, unit->tokens, unit->keeps_mark};
  }
  const auto colon = core.find(':');
  if (colon != std::string_view::npos && all_digits(core.substr(0, colon)) &&
      all_digits(core.substr(colon + 1))) {
    return Reading{count_in_words(core.substr(0, colon)) + " to " + count_in_words(core.substr(colon + 1))};
  }
  return std::nullopt;
}

// "5'10\"", "6'".
std::optional<Reading> read_height(const FoldedTokens& tokens, std::size_t index) {
  const FoldedToken& token = tokens[index];
  const auto quote = token.core.find('\'');
  if (quote != std::string::npos) {
    const auto feet = std::string_view(token.core).substr(0, quote);
    const auto inches = std::string_view(token.core).substr(quote + 1);
    if (!all_digits(feet) || !all_digits(inches) || feet.size() > 2 || inches.size() > 2) return std::nullopt;
    return Reading{count_in_words(feet) + (feet == "1" ? " foot " : " feet ") + count_in_words(inches) +
                   (inches == "1" ? " inch" : " inches")};
  }
  if (token.quote == '\0' || !all_digits(token.core)) return std::nullopt;
  const bool one = token.core == "1";
  const std::string_view unit = token.quote == '\'' ? (one ? "foot" : "feet") : (one ? "inch" : "inches");
  return Reading{count_in_words(token.core) + ' ' + std::string(unit)};
}

// "3rd", "1990s": a number and its ending.
std::optional<std::string> with_ending(const Amount& amount, std::string_view rest) {
  if (amount.second || !amount.sign.empty() || !amount.first.decimals.empty() || amount.first.part != '\0') {
    return std::nullopt;
  }
  if (rest == "st" || rest == "nd" || rest == "rd" || rest == "th")
    return ordinal_in_words(amount.first.whole);
  if (rest == "s" || rest == "'s") {
    auto decade = decade_in_words(amount.first.whole);
    if (!decade.empty()) return decade;
  }
  return std::nullopt;
}

// What ends a range that began with a year: "2021" of "2019-2021", "09" of "2008-09".
std::optional<std::string> last_year(int first, const Numeral& last) {
  if (!is_plain(last)) return std::nullopt;
  if (four_digit_year(last.whole)) return year_in_words(std::stoi(std::string(last.whole)));
  if (last.whole.size() != 2) return std::nullopt;
  const std::string digits(last.whole);
  if (std::stoi(digits) <= first % 100) return std::nullopt;
  return count_in_words(std::to_string(std::stoi(digits)));
}

std::string plain(const FoldedTokens& tokens, std::size_t index, const Amount& amount) {
  if (!amount.sign.empty() || !is_plain(amount.first) || !is_year(tokens, index, amount.first.whole)) {
    return in_words(amount);
  }
  const int year = std::stoi(std::string(amount.first.whole));
  if (!amount.second) return year_in_words(year);
  const auto last = last_year(year, *amount.second);
  return last ? year_in_words(year) + " to " + *last : in_words(amount);
}

// "1 1/2", "3 ¼": a whole number and a fraction behind it.
std::optional<Tail> fraction_apart(const FoldedTokens& tokens, std::size_t index, const Amount& amount) {
  const FoldedToken* next = following(tokens, index);
  if (next == nullptr || amount.second || !is_plain(amount.first)) return std::nullopt;
  if (next->core.size() == 1 && is_fraction(next->core[0])) {
    return Tail{" and " + std::string(fraction_words(next->core[0])), 2};
  }
  const auto ratio = parse_ratio(next->core);
  if (!ratio || !is_proper_fraction(*ratio)) return std::nullopt;
  return Tail{" and " + mixed(*ratio), 2};
}

std::optional<Reading> attached(const FoldedTokens& tokens, std::size_t index, const Amount& amount,
                                std::string_view rest) {
  if (auto ending = with_ending(amount, rest)) return Reading{std::move(*ending)};
  if (rest == "x" || rest == std::string_view(&symbol::kTimes, 1)) {
    const bool variable = word_before(tokens, index) == "=";
    return Reading{in_words(amount) + (variable ? " x" : " times")};
  }
  if (rest == std::string_view(&symbol::kSquared, 1)) return Reading{in_words(amount) + " squared"};
  if (rest == std::string_view(&symbol::kCubed, 1)) return Reading{in_words(amount) + " cubed"};
  const FoldedToken* next = following(tokens, index);
  const Unit* unit_behind = next != nullptr ? find_unit(next->core) : nullptr;
  if (rest == "m" && index > 0 && tokens[index - 1].core.ends_with('h') &&
      is_digit(tokens[index - 1].core[0])) {
    return Reading{in_words(amount) + (amount.is_one() ? " minute" : " minutes")};  // "1h 30m"
  }
  const bool thousands = rest == "k";
  const bool million = rest == "M" || rest == "bn" || rest == "mn" || (rest == "m" && unit_behind != nullptr);
  if (thousands || million) {
    const std::string words = in_words(amount) + ' ' + std::string(magnitude(rest));
    if (unit_behind == nullptr || ambiguous(next->core)) return Reading{words};
    return Reading{words + ' ' + std::string(unit_behind->many), 2};
  }
  if (rest != "A" && rest != "B") {
    const std::string unit = unit_in_words(rest, amount.is_one() || describes(tokens, index, index));
    if (!unit.empty()) return Reading{in_words(amount) + ' ' + unit};
  }
  if (const auto tail = per(rest)) return Reading{in_words(amount) + *tail};
  return std::nullopt;
}

}  // namespace

std::optional<Reading> read_quantity(const FoldedTokens& tokens, std::size_t index) {
  if (auto ratio = read_ratio(tokens, index)) return ratio;
  if (auto height = read_height(tokens, index)) return height;
  const std::string_view core = tokens[index].core;
  const auto amount = parse_amount(core);
  if (!amount) return std::nullopt;
  const std::string_view rest = core.substr(amount->length);
  if (const auto sides = dimensions(tokens, index, rest)) {
    return Reading{in_words(*amount) + sides->words, sides->tokens, sides->keeps_mark};
  }
  if (rest.size() > 1 && rest.ends_with('+')) {  // "100k+"
    auto reading = attached({tokens[index]}, 0, *amount, rest.substr(0, rest.size() - 1));
    if (reading) reading->text += " plus";
    return reading;
  }
  if (!rest.empty()) return attached(tokens, index, *amount, rest);
  if (const auto part = fraction_apart(tokens, index, *amount)) {
    const std::string words = in_words(*amount) + part->words;
    const auto unit = unit_apart(tokens, index + 1, false);
    if (!unit) return Reading{words, 2};
    return Reading{words + ' ' + unit->words, 1 + unit->tokens, unit->keeps_mark};
  }
  // "150 million km"
  const FoldedToken* next = following(tokens, index);
  const auto size = next != nullptr && next->core.size() > 3 ? magnitude(next->core) : std::string_view();
  if (!size.empty()) {
    const auto unit = unit_apart(tokens, index + 1, false);
    if (unit) {
      return Reading{in_words(*amount) + ' ' + std::string(size) + ' ' + unit->words, unit->tokens + 1,
                     unit->keeps_mark};
    }
  }
  if (const auto unit = unit_apart(tokens, index, amount->is_one())) {
    return Reading{in_words(*amount) + ' ' + unit->words, unit->tokens, unit->keeps_mark};
  }
  return Reading{plain(tokens, index, *amount)};
}

}  // namespace parley::text
