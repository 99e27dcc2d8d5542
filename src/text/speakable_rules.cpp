// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_rules.hpp"

#include "text/speakable_abbreviations.hpp"
#include "text/speakable_amounts.hpp"
#include "text/speakable_contacts.hpp"
#include "text/speakable_dates.hpp"
#include "text/speakable_money.hpp"
#include "text/speakable_names.hpp"
#include "text/speakable_numbers.hpp"
#include "text/speakable_quantities.hpp"
#include "text/speakable_units.hpp"
#include "text/speakable_words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace parley::text {

namespace ascii {

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }
bool all_letters(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_letter); }

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

}  // namespace ascii

namespace {

using namespace ascii;

bool is_sign(std::string_view core, char sign) { return core.size() == 1 && core[0] == sign; }

// Whether an equation is near: then a dash is a minus.
bool in_equation(const FoldedTokens& tokens, std::size_t index) {
  const std::size_t first = index > 4 ? index - 4 : 0;
  const std::size_t last = std::min(index + 5, tokens.size());
  return std::any_of(tokens.begin() + static_cast<std::ptrdiff_t>(first),
                     tokens.begin() + static_cast<std::ptrdiff_t>(last),
                     [](const FoldedToken& token) { return token.core == "=" || token.core == "equals"; }) ||
         (index + 2 < tokens.size() && tokens[index + 2].core == "is");
}

std::optional<Reading> read_lone_symbol(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  const bool between = index > 0 && index + 1 < tokens.size();
  const bool before_number = index + 1 < tokens.size() && is_digit(tokens[index + 1].core[0]);
  if (core == "&&") return Reading{"and"};
  if (core == "&" || core == "+") return Reading{core == "&" ? "and" : "plus"};
  if (core == "=" || core == "==" || core == "===") return Reading{"equals"};
  if (core == "!=" || is_sign(core, symbol::kNotEqual)) return Reading{"is not equal to"};
  if (core == "->" || core == "=>" || is_sign(core, symbol::kArrow)) return Reading{"to"};
  if (is_sign(core, symbol::kTimes)) return Reading{"times"};
  if (core == "%") return Reading{"percent"};
  if (core == "@") return Reading{"at"};
  if (core == "x" && between && is_digit(tokens[index - 1].core[0])) {
    if (before_number) return Reading{"by"};  // "4m x 6m"
    if (currency_sign_at(tokens[index + 1].core) != nullptr) return Reading{"times"};
  }
  if (core == "/" && between) {
    const bool numbers = before_number && is_digit(tokens[index - 1].core.back());
    return Reading{numbers ? "divided by" : "slash"};
  }
  if (core == "~" && before_number) return Reading{"about"};
  if (core == "#" && before_number) return Reading{"number"};
  const bool compares = between && tokens[index - 1].mark == '\0';
  const std::string is = compares ? "is " : "";
  if (core == "<") return Reading{is + "less than"};
  if (core == ">") return Reading{compares ? "is greater than" : "more than"};
  if (core == "<=" || is_sign(core, symbol::kAtMost)) return Reading{is + "at most"};
  if (core == ">=" || is_sign(core, symbol::kAtLeast)) return Reading{is + "at least"};
  const bool dash = core == "-" || core == "--" || is_sign(core, symbol::kRange);
  if (dash && between) {
    const std::string before = word_before(tokens, index);
    const bool priced =
        currency_sign_at(tokens[index + 1].core) != nullptr && is_digit(tokens[index + 1].core.back());
    const bool hour = before == "a.m" || before == "p.m" || before == "am" || before == "pm";
    const bool amounts = (hour || is_digit(before.back())) && (before_number || priced);
    if (!amounts) return Reading{is_sign(core, symbol::kRange) ? "to" : ","};
    return Reading{in_equation(tokens, index) ? "minus" : "to"};
  }
  if (std::none_of(core.begin(), core.end(), is_alphanumeric) && !is_fraction(core[0])) return Reading{""};
  return std::nullopt;
}

// The words for a sign in front of what it belongs to, and its length.
struct Prefix {
  std::string_view words;
  std::size_t length = 1;
};
Prefix prefix_of(std::string_view core) {
  const bool equal = core.starts_with("<=") || core.starts_with(">=");
  switch (core[0]) {
    case '<':
      return equal ? Prefix{"at most", 2} : Prefix{"less than"};
    case '>':
      return equal ? Prefix{"at least", 2} : Prefix{"more than"};
    case symbol::kAtMost:
      return {"at most"};
    case symbol::kAtLeast:
      return {"at least"};
    case '~':
      return {"about"};
    case '=':
      return {"equals"};
    case '@':
      return {"at"};
    case '#':
      return {is_digit(core[1]) ? "number" : "hashtag"};
    default:
      return {};
  }
}

// "<5", "~20", "#3", "@name": a sign and what follows.
std::optional<Reading> read_prefixed(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  if (core.size() < 2) return std::nullopt;
  const Prefix prefix = prefix_of(core);
  // What follows begins with no sign of its own, so that this goes one step deep.
  const char after = core.size() > prefix.length ? core[prefix.length] : '\0';
  const bool money = core.size() > prefix.length && currency_sign_at(core.substr(prefix.length)) != nullptr;
  if (prefix.words.empty() || (!is_alphanumeric(after) && !money)) return std::nullopt;
  FoldedTokens rest(tokens.begin() + static_cast<std::ptrdiff_t>(index),
                    tokens.begin() + static_cast<std::ptrdiff_t>(std::min(index + 2, tokens.size())));
  rest[0].core.erase(0, prefix.length);
  Reading reading = read_token(rest, 0);
  reading.text = std::string(prefix.words) + ' ' + reading.text;
  return reading;
}

// "1.2.3", "v2.1", "10.0.0.1", and "3.12" after the name of a program.
std::optional<Reading> read_version(const FoldedTokens& tokens, std::size_t index) {
  static constexpr auto kPrograms = std::to_array<std::string_view>(
      {"version", "versions", "python", "java",     "php",        "ruby",  "perl",   "node",
       "ubuntu",  "debian",   "fedora", "android",  "ios",        "macos", "linux",  "kernel",
       "release", "django",   "rails",  "postgres", "postgresql", "mysql", "chrome", "firefox",
       "gcc",     "clang",    "cmake",  "go",       "rust",       "swift", "kotlin", "typescript"});
  const std::string_view core = tokens[index].core;
  const bool marked = core.size() > 1 && (core[0] == 'v' || core[0] == 'V') && is_digit(core[1]);
  const std::string_view digits = marked ? core.substr(1) : core;
  if (!is_digit(digits[0]) || digits.find("..") != std::string_view::npos) return std::nullopt;
  if (!std::ranges::all_of(digits, [](char c) { return is_digit(c) || c == '.'; })) return std::nullopt;
  const auto points = std::ranges::count(digits, '.');
  const bool named =
      points == 1 && std::ranges::find(kPrograms, word_before(tokens, index)) != kPrograms.end();
  if (!marked && !named && points < 2) return std::nullopt;
  return Reading{(marked ? "version " : "") + version_in_words(digits)};
}

// "60%-70%", "5km–10km", "$10M–$15M": two amounts, each with its unit.
std::optional<Reading> read_unit_range(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  const auto digit = core.find_first_of("0123456789");
  const auto unit = digit == std::string_view::npos ? digit : core.find_first_not_of("0123456789.,", digit);
  if (digit > 3 || unit == std::string_view::npos || (is_dash(core[unit]) && digit == 0)) return std::nullopt;
  const auto dash = core.find_first_of(std::string{'-', symbol::kRange}, unit);
  if (dash == std::string_view::npos || dash + 1 >= core.size()) return std::nullopt;
  std::string words;
  for (const auto part : {core.substr(0, dash), core.substr(dash + 1)}) {
    if (part.find_first_of(std::string{'-', symbol::kRange}) != std::string_view::npos) return std::nullopt;
    FoldedTokens alone(1);
    alone[0].core = part;
    auto reading = read_money(alone, 0);
    if (!reading && is_digit(part[0])) reading = read_quantity(alone, 0);
    if (!reading) return std::nullopt;
    words += (words.empty() ? "" : " to ") + reading->text;
  }
  return Reading{std::move(words)};
}

std::optional<Reading> read_word(const FoldedTokens& tokens, std::size_t index) {
  return Reading{word_in_words(tokens[index].core)};
}

}  // namespace

const FoldedToken* following(const FoldedTokens& tokens, std::size_t index) {
  const bool joined =
      index + 1 < tokens.size() && tokens[index].mark == '\0' && !tokens[index + 1].opens_bracket;
  return joined ? &tokens[index + 1] : nullptr;
}

std::string word_before(const FoldedTokens& tokens, std::size_t index) {
  return index == 0 ? std::string() : lower(tokens[index - 1].core);
}

Reading read_token(const FoldedTokens& tokens, std::size_t index) {
  using Rule = std::optional<Reading> (*)(const FoldedTokens&, std::size_t);
  constexpr Rule kRules[] = {read_abbreviation, read_lone_symbol, read_digits,     read_moment,
                             read_version,      read_money,       read_unit_range, read_quantity,
                             read_prefixed,     read_roman,       read_capitals,   read_word};
  for (const Rule rule : kRules) {
    if (auto reading = rule(tokens, index)) return std::move(*reading);
  }
  return Reading{};
}

}  // namespace parley::text
