// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_rules.hpp"

#include "text/speakable_amounts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <utility>

namespace parley::text {
namespace {

using Tokens = std::vector<FoldedToken>;

using namespace ascii;

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return result;
}

// ---- dates and times

bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (shape[i] == '9' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  }
  return true;
}

std::string ordinal(int number) {
  const int last = number % 10;
  const bool teen = number / 10 == 1;
  return std::to_string(number) + (teen        ? "th"
                                   : last == 1 ? "st"
                                   : last == 2 ? "nd"
                                   : last == 3 ? "rd"
                                               : "th");
}

int two_digits(std::string_view text) { return (text[0] - '0') * 10 + (text[1] - '0'); }

std::optional<std::string> read_clock(std::string_view text) {
  if (has_shape(text, "99:99:99")) return std::nullopt;  // the voice reads it
  if (!has_shape(text, "9:99") && !has_shape(text, "99:99")) return std::nullopt;
  const auto colon = text.find(':');
  const int hour = colon == 1 ? text[0] - '0' : two_digits(text);
  const int minute = two_digits(text.substr(colon + 1));
  if (hour > 24 || minute > 59) return std::nullopt;
  const std::string spoken_hour = std::to_string(hour);
  if (minute == 0 && hour >= 1 && hour <= 12) return spoken_hour + " o'clock";
  if (minute == 0) return hour == 0 || hour == 24 ? "midnight" : spoken_hour + " hundred";
  if (minute < 10) return spoken_hour + " oh " + std::to_string(minute);
  return spoken_hour + ' ' + std::to_string(minute);
}

// ISO 8601: a day, or a day and a time.
std::optional<std::string> read_date(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"January",   "February", "March",    "April",
                                                     "May",       "June",     "July",     "August",
                                                     "September", "October",  "November", "December"};
  if (text.size() < 10 || !has_shape(text.substr(0, 10), "9999-99-99")) return std::nullopt;
  const int month = two_digits(text.substr(5));
  const int day = two_digits(text.substr(8));
  if (month < 1 || month > 12 || day < 1 || day > 31) return std::nullopt;
  std::string spoken = std::string(kMonths[static_cast<std::size_t>(month - 1)]) + ' ' + ordinal(day) + ' ' +
                       std::string(text.substr(0, 4));
  if (text.size() == 10) return spoken;
  if (text[10] != 'T' || text.size() < 16) return std::nullopt;
  const auto clock = read_clock(text.substr(11, 5));
  if (!clock) return std::nullopt;
  return spoken + " at " + *clock;
}

std::optional<Reading> read_moment(const Tokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  if (core == "24/7") return Reading{"24 7"};
  const bool after_digit = index > 0 && is_digit(tokens[index - 1].core.back());
  if (after_digit && (core == "am" || core == "AM")) return Reading{"A M"};
  if (after_digit && (core == "pm" || core == "PM")) return Reading{"P M"};
  if (auto date = read_date(core)) return Reading{std::move(*date)};
  auto clock = read_clock(core);
  if (!clock) {
    // "9:00-17:00"
    const auto dash = core.find_first_of(std::string{'-', symbol::kRange});
    if (dash == std::string_view::npos) return std::nullopt;
    const auto from = read_clock(core.substr(0, dash));
    const auto to = read_clock(core.substr(dash + 1));
    if (!from || !to) return std::nullopt;
    return Reading{*from + " to " + *to};
  }
  const FoldedToken* next = following(tokens, index);
  const std::string half_day = next != nullptr ? lower(next->core) : "";
  const bool twelve_hours = half_day == "am" || half_day == "pm" || half_day == "a.m" || half_day == "p.m";
  if (twelve_hours && clock->ends_with(" o'clock")) clock->resize(clock->size() - 8);
  return Reading{std::move(*clock)};
}

// ---- words

struct Abbreviation {
  std::string_view written;  // without its last dot, lower case
  std::string_view spoken;
};
constexpr std::array kAbbreviations{
    Abbreviation{"e.g", "for example"},      Abbreviation{"i.e", "that is"},
    Abbreviation{"etc", "et cetera"},        Abbreviation{"vs", "versus"},
    Abbreviation{"approx", "approximately"}, Abbreviation{"incl", "including"},
    Abbreviation{"excl", "excluding"},       Abbreviation{"max", "maximum"},
    Abbreviation{"min", "minimum"},          Abbreviation{"dept", "department"},
    Abbreviation{"tel", "telephone"},        Abbreviation{"hrs", "hours"},
};

std::optional<Reading> read_abbreviation(const Tokens& tokens, std::size_t index) {
  const auto& token = tokens[index];
  if (token.mark != '.') return std::nullopt;
  const bool last = index + 1 == tokens.size();
  if (token.core == "No" && !last && is_digit(tokens[index + 1].core[0])) return Reading{"number", 1, false};
  for (const auto& row : kAbbreviations) {
    // "Max." is a name; "E.g." is not.
    const bool dotted = row.written.find('.') != std::string_view::npos;
    if (row.written != (dotted ? lower(token.core) : token.core)) continue;
    const bool ends = last || (row.written == "etc" && is_upper(tokens[index + 1].core[0]));
    return Reading{std::string(row.spoken), 1, ends};
  }
  return std::nullopt;
}

std::optional<Reading> read_lone_symbol(const Tokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  const bool between = index > 0 && index + 1 < tokens.size();
  if (core == "&" || core == "+") return Reading{core == "&" ? "and" : "plus"};
  if (core == "=" || core == "==") return Reading{"equals"};
  if (core == "->" || core == "=>" || core == std::string_view(&symbol::kArrow, 1)) return Reading{"to"};
  if (core == std::string_view(&symbol::kTimes, 1)) return Reading{"times"};
  if (core == "%") return Reading{"percent"};
  if (core == "@") return Reading{"at"};
  if (core == "<" || core == ">") return Reading{core == "<" ? "less than" : "more than"};
  if (core == "<=" || core == std::string_view(&symbol::kAtMost, 1)) return Reading{"at most"};
  if (core == ">=" || core == std::string_view(&symbol::kAtLeast, 1)) return Reading{"at least"};
  const bool dash = core == "-" || core == "--" || core == std::string_view(&symbol::kRange, 1);
  if (dash && between) {
    const bool amounts = is_digit(tokens[index - 1].core.back()) && is_digit(tokens[index + 1].core[0]);
    return Reading{amounts ? "to" : ","};
  }
  if (std::none_of(core.begin(), core.end(), is_alphanumeric) && !is_fraction(core[0])) return Reading{""};
  return std::nullopt;
}

// "<5", "~20", "#3", "@name": a sign and what follows.
std::optional<Reading> read_prefixed(const Tokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  if (core.size() < 2) return std::nullopt;
  std::size_t length = 1;
  std::string_view spoken;
  if (core.starts_with("<=") || core.starts_with(">=")) length = 2;
  if (core[0] == '<') spoken = length == 2 ? "at most" : "less than";
  if (core[0] == '>') spoken = length == 2 ? "at least" : "more than";
  if (core[0] == symbol::kAtMost) spoken = "at most";
  if (core[0] == symbol::kAtLeast) spoken = "at least";
  if (core[0] == '~') spoken = "about";
  if (core[0] == '=') spoken = "equals";
  if (core[0] == '@') spoken = "at";
  if (core[0] == '#') spoken = is_digit(core[1]) ? "number" : " ";
  // What follows begins with no sign of its own, so that this goes one step deep.
  const char after = core.size() > length ? core[length] : '\0';
  if (spoken.empty() || (!is_alphanumeric(after) && currency_name(after).empty())) return std::nullopt;
  Tokens rest(tokens.begin() + static_cast<std::ptrdiff_t>(index),
              tokens.begin() + static_cast<std::ptrdiff_t>(std::min(index + 2, tokens.size())));
  rest[0].core.erase(0, length);
  Reading reading = read_token(rest, 0);
  reading.text = (spoken == " " ? "" : std::string(spoken) + ' ') + reading.text;
  return reading;
}

// Versions and addresses: "1.2.3", "v2.1", "10.0.0.1".
std::optional<Reading> read_version(std::string_view core) {
  const bool marked = core.size() > 1 && (core[0] == 'v' || core[0] == 'V') && is_digit(core[1]);
  const std::string_view digits = marked ? core.substr(1) : core;
  const bool plain =
      std::all_of(digits.begin(), digits.end(), [](char c) { return is_digit(c) || c == '.'; });
  if (!plain || (!marked && std::count(digits.begin(), digits.end(), '.') < 2)) return std::nullopt;
  std::string spoken = marked ? "version " : "";
  for (const char c : digits) spoken += c == '.' ? std::string(" point ") : std::string(1, c);
  return Reading{std::move(spoken)};
}

// A word of letters and signs: what is between letters is read, what no voice can read falls away.
Reading read_word(std::string_view core) {
  if (core == "C#" || core == "F#") return Reading{std::string(1, core[0]) + " sharp"};
  std::string spoken;
  const auto before = [&](std::size_t i) { return i > 0 ? core[i - 1] : '\0'; };
  const auto after = [&](std::size_t i) { return i + 1 < core.size() ? core[i + 1] : '\0'; };
  std::size_t digits = 0;
  for (std::size_t i = 0; i < core.size(); ++i) {
    const char c = core[i];
    const bool inside = is_alphanumeric(before(i)) && is_alphanumeric(after(i));
    digits = is_digit(c) ? digits + 1 : 0;
    if (is_alphanumeric(c)) {
      const bool hump = is_upper(c) && is_lower(before(i)) && i + 1 < core.size();
      const bool long_number = digits > 1 && core.size() > 12;  // read digit by digit
      if (hump || long_number) spoken += ' ';
      spoken += c;
    } else if (c == '\'' && is_letter(before(i))) {
      spoken += c;
    } else if (c == '-' || c == symbol::kRange) {
      spoken += inside && c == '-' && !is_digit(before(i)) ? '-' : ' ';
    } else if (c == '.' && inside) {
      // "config.toml", not "U.S" or "3.5"
      const bool words =
          i >= 2 && is_alphanumeric(core[i - 2]) && is_letter(before(i)) && is_letter(after(i));
      spoken += words ? " dot " : is_digit(before(i)) && is_digit(after(i)) ? "." : " ";
    } else if ((c == ',' || c == ':') && inside) {
      const bool number = is_digit(before(i)) && is_digit(after(i));
      spoken += number ? std::string(1, c) : std::string(c == ',' ? ", " : " ");
    } else if (c == '/' && inside) {
      spoken += is_digit(before(i)) && is_digit(after(i)) ? "/" : " slash ";
    } else if (c == '&') {
      spoken += " and ";
    } else if (c == '@' && inside) {
      spoken += " at ";
    } else if (c == '=' && inside) {
      spoken += " equals ";
    } else if (c == '+') {
      spoken += " plus ";
    } else if (c == '%') {
      spoken += " percent ";
    } else if (c == symbol::kDegree) {
      spoken += " degrees ";
    } else if (c == symbol::kTimes) {
      spoken += " times ";
    } else if (!currency_name(c).empty()) {
      spoken += ' ' + std::string(currency_name(c)) + ' ';
    } else {
      spoken += ' ';
    }
  }
  return Reading{std::move(spoken)};
}

}  // namespace

Reading read_token(const Tokens& tokens, std::size_t index) {
  using Rule = std::optional<Reading> (*)(const Tokens&, std::size_t);
  constexpr Rule kRules[] = {read_abbreviation, read_lone_symbol, read_moment,
                             read_money,        read_quantity,    read_prefixed};
  for (const Rule rule : kRules) {
    if (auto reading = rule(tokens, index)) return std::move(*reading);
  }
  if (auto version = read_version(tokens[index].core)) return std::move(*version);
  return read_word(tokens[index].core);
}

}  // namespace parley::text
