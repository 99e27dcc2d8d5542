// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_amounts.hpp"

#include "text/speakable_numbers.hpp"
#include "text/speakable_units.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>

namespace parley::text {
namespace {

using namespace ascii;
using namespace std::string_view_literals;

// Without a number before it: "one half".
std::string lone_fraction(char c) {
  const std::string words(fraction_words(c));
  return words.starts_with("a ") ? "one " + words.substr(2) : words;
}

bool is_plural_noun(std::string_view word) {
  static constexpr auto kPlurals = std::to_array<std::string_view>(
      {"people", "men", "women", "children", "feet", "staff", "mice", "teeth", "geese", "sheep", "fish"});
  static constexpr auto kOther = std::to_array<std::string_view>(
      {"was",   "has",   "is",      "its",      "this",   "his",      "us",       "as",
       "thus",  "yes",   "perhaps", "always",   "saw",    "does",     "says",     "celsius",
       "class", "sales", "series",  "business", "census", "olympics", "elections"});
  if (std::ranges::find(kPlurals, word) != kPlurals.end()) return true;
  return word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("'s") &&
         all_letters(word) && std::ranges::find(kOther, word) == kOther.end();
}

}  // namespace

std::string_view fraction_words(char c) {
  if (c == symbol::kHalf) return "a half";
  if (c == symbol::kQuarter) return "a quarter";
  if (c == symbol::kThreeQuarters) return "three quarters";
  if (c == symbol::kThird) return "a third";
  if (c == symbol::kTwoThirds) return "two thirds";
  return "";
}

std::string in_words(const Numeral& numeral) {
  std::string words = count_in_words(numeral.whole);
  if (!numeral.decimals.empty()) {
    words += (words.empty() ? "point " : " point ") + digits_in_words(numeral.decimals);
  }
  if (numeral.part != '\0') {
    words = words.empty() ? lone_fraction(numeral.part)
                          : words + " and " + std::string(fraction_words(numeral.part));
  }
  return words;
}

std::string in_words(const Amount& amount) {
  std::string words = std::string(amount.sign) + in_words(amount.first);
  if (amount.second) words += " to " + in_words(*amount.second);
  return words;
}

std::optional<Numeral> parse_numeral(std::string_view text) {
  Numeral numeral;
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  if (at <= 3) {
    while (at > 0 && at + 3 < text.size() && text[at] == ',' && all_digits(text.substr(at + 1, 3))) at += 4;
  }
  numeral.whole = text.substr(0, at);
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    const std::size_t point = at++;
    while (at < text.size() && is_digit(text[at])) ++at;
    numeral.decimals = text.substr(point + 1, at - point - 1);
  }
  // "1,50" as much of Europe writes it.
  const bool comma = at > 0 && numeral.decimals.empty() && at + 2 < text.size() && text[at] == ',' &&
                     is_digit(text[at + 1]) && is_digit(text[at + 2]) &&
                     (at + 3 == text.size() || !is_digit(text[at + 3])) &&
                     numeral.whole.find(',') == std::string_view::npos;
  if (comma) {
    numeral.decimals = text.substr(at + 1, 2);
    at += 3;
  }
  if (at < text.size() && is_fraction(text[at])) numeral.part = text[at++];
  if (at == 0) return std::nullopt;
  // "1.2.3" is no number, nor is "12a.5".
  if (at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) return std::nullopt;
  numeral.length = at;
  return numeral;
}

std::optional<Amount> parse_amount(std::string_view text) {
  Amount amount;
  std::size_t at = 0;
  if (text.size() > 1 && is_dash(text[0])) amount.sign = "minus ", at = 1;
  if (text.size() > 1 && text[0] == '+') amount.sign = "plus ", at = 1;
  const auto first = parse_numeral(text.substr(at));
  if (!first) return std::nullopt;
  amount.first = *first;
  amount.length = at + first->length;
  auto rest = text.substr(amount.length);
  if (rest.size() < 2 || !is_dash(rest[0])) return amount;
  rest.remove_prefix(1);
  std::size_t skipped = 1;
  if (const Currency* sign = currency_sign_at(rest)) {  // "$5-$10"
    rest.remove_prefix(sign->sign.size());
    skipped += sign->sign.size();
  }
  const auto second = parse_numeral(rest);
  // A date or an article number has a second dash; a number with zeros in front is a code.
  const bool coded = first->whole.size() > 1 && first->whole[0] == '0';
  const bool dash_follows = second && rest.size() > second->length + 1 && is_dash(rest[second->length]) &&
                            is_digit(rest[second->length + 1]);
  if (!second || coded || dash_follows) return amount;
  amount.second = second;
  amount.length += skipped + second->length;
  return amount;
}

bool is_fraction(char c) { return !fraction_words(c).empty(); }

bool is_plain(const Numeral& numeral) {
  return all_digits(numeral.whole) && numeral.decimals.empty() && numeral.part == '\0';
}

bool four_digit_year(std::string_view digits) {
  return digits.size() == 4 && all_digits(digits) && digits >= "1066"sv && digits <= "2099"sv;
}

bool is_year(const FoldedTokens& tokens, std::size_t index, std::string_view digits) {
  if (!four_digit_year(digits)) return false;
  static constexpr auto kNumbered = std::to_array<std::string_view>(
      {"port", "room",    "model", "iso",  "error",   "line",    "page",    "number",
       "no",   "flight",  "route", "over", "about",   "than",    "nearly",  "almost",
       "only", "another", "up",    "rfc",  "version", "article", "exactly", "roughly"});
  const std::string before = word_before(tokens, index);
  if (std::ranges::find(kNumbered, before) != kNumbered.end()) return false;
  const FoldedToken* next = following(tokens, index);
  if (next == nullptr) return true;
  if (find_unit(next->core) != nullptr || !magnitude(next->core).empty()) return false;
  return !is_plural_noun(next->core) || !std::all_of(next->core.begin(), next->core.end(), is_lower);
}

bool describes(const FoldedTokens& tokens, std::size_t index, std::size_t last) {
  const std::string before = word_before(tokens, index);
  if (before != "a" && before != "an" && before != "the") return false;
  const FoldedToken* noun = following(tokens, last);
  return noun != nullptr && !noun->core.empty() &&
         std::all_of(noun->core.begin(), noun->core.end(), is_lower) && !is_stop_word(noun->core);
}

std::optional<std::string> per(std::string_view rest) {
  if (rest.empty()) return "";
  const std::string_view what = rest.substr(1);
  if (rest[0] != '/' || !all_letters(what)) return std::nullopt;
  const Unit* unit = find_unit(what);
  return " per " + std::string(unit != nullptr ? unit->one : what);
}

}  // namespace parley::text
