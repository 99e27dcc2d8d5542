// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_dates.hpp"

#include "text/numbers.hpp"
#include "text/speakable_amounts.hpp"
#include "text/speakable_numbers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::text {
namespace {

using namespace ascii;

constexpr auto kMonths =
    std::to_array<std::string_view>({"January", "February", "March", "April", "May", "June", "July", "August",
                                     "September", "October", "November", "December"});
constexpr auto kWeekdays = std::to_array<std::string_view>(
    {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"});

bool has_shape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (shape[i] == '9' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  }
  return true;
}

int number(std::string_view digits) { return std::stoi(std::string(digits)); }

// ---- times of day

struct Clock {
  std::string words;
  bool whole_hour = false;  // ends with "o'clock", which "A M" replaces
  bool half_day = false;    // says A M or P M itself
};

std::string_view half_day_letters(std::string_view text) {
  const std::string written = lower(text);
  if (written == "am" || written == "a.m") return "A M";
  if (written == "pm" || written == "p.m") return "P M";
  return "";
}

// "9", "9:30", "9am", "9:30pm", "1:30:15".
std::optional<Clock> parse_clock(std::string_view text) {
  const auto letters = std::min(text.find_first_not_of("0123456789:"), text.size());
  const auto half = half_day_letters(text.substr(letters));
  if (letters < text.size() && half.empty()) return std::nullopt;
  text = text.substr(0, letters);
  const auto colon = std::min(text.find(':'), text.size());
  if (colon == 0 || colon > 2) return std::nullopt;
  const int hour = number(text.substr(0, colon));
  if (hour > 24 || (!half.empty() && (hour < 1 || hour > 12))) return std::nullopt;
  const std::string ending = half.empty() ? "" : ' ' + std::string(half);
  if (colon == text.size()) {
    if (half.empty()) return std::nullopt;
    return Clock{number_words(hour) + ending, false, true};
  }
  const auto rest = text.substr(colon + 1);
  if (has_shape(rest, "99:99")) {
    return Clock{number_words(hour) + (hour == 1 ? " hour " : " hours ") +
                 count_in_words(std::to_string(number(rest.substr(0, 2)))) + " minutes and " +
                 count_in_words(std::to_string(number(rest.substr(3)))) + " seconds"};
  }
  if (!has_shape(rest, "99")) return std::nullopt;
  const int minute = number(rest);
  if (minute > 59) return std::nullopt;
  if (minute == 0 && !half.empty()) return Clock{number_words(hour) + ending, false, true};
  if (minute == 0 && hour >= 1 && hour <= 12) return Clock{number_words(hour) + " o'clock", true, false};
  if (minute == 0) return Clock{hour == 0 || hour == 24 ? "midnight" : number_words(hour) + " hundred"};
  return Clock{number_words(hour) + (minute < 10 ? " oh " : " ") + number_words(minute) + ending, false,
               !half.empty()};
}

// Whether the text ends before tokens[index] or that begins like a sentence: "Then", but not "PST".
bool begins_sentence(const FoldedTokens& tokens, std::size_t index) {
  if (index >= tokens.size()) return true;
  const std::string& core = tokens[index].core;
  return is_upper(core[0]) && (core.size() == 1 || !is_upper(core[1]));
}

void drop_oclock(Clock& clock) {
  if (clock.whole_hour) clock.words.resize(clock.words.size() - std::string_view(" o'clock").size());
  clock.whole_hour = false;
}

std::optional<Reading> read_clock(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  auto clock = parse_clock(core);
  std::optional<Clock> until;
  if (!clock) {
    const auto dash = core.find_first_of(std::string{'-', symbol::kRange});
    if (dash == std::string_view::npos) return std::nullopt;
    until = parse_clock(core.substr(dash + 1));
    clock = parse_clock(core.substr(0, dash));
    // "9-5pm"
    if (!clock && until && until->half_day && dash > 0 && dash < 3 && all_digits(core.substr(0, dash))) {
      clock = Clock{count_in_words(core.substr(0, dash))};
    }
    if (!clock || !until) return std::nullopt;
    if (until->half_day) drop_oclock(*clock);
  }
  const FoldedToken* next = following(tokens, index);
  const auto half = next != nullptr ? half_day_letters(next->core) : std::string_view();
  if (!half.empty()) {
    drop_oclock(*clock);
    if (until) drop_oclock(*until);
  }
  std::string words = clock->words + (until ? " to " + until->words : "");
  if (half.empty()) return Reading{std::move(words)};
  words += ' ' + std::string(half);
  return Reading{std::move(words), 2, next->mark != '.' || begins_sentence(tokens, index + 2)};
}

// The "pm" of "5 pm", and of "7 to 9 a.m.".
std::optional<Reading> read_half_day(const FoldedTokens& tokens, std::size_t index) {
  if (index == 0 || !is_digit(tokens[index - 1].core.back())) return std::nullopt;
  const auto half = half_day_letters(tokens[index].core);
  if (half.empty()) return std::nullopt;
  return Reading{std::string(half), 1, tokens[index].mark != '.' || begins_sentence(tokens, index + 1)};
}

// ---- dates in digits

std::string date_words(int month, int day, int year) {
  std::string words = std::string(kMonths[static_cast<std::size_t>(month - 1)]) + ' ' + ordinal_words(day);
  if (year != 0) words += ", " + year_in_words(year);
  return words;
}

bool is_day(int month, int day) { return month >= 1 && month <= 12 && day >= 1 && day <= 31; }

std::optional<std::string> read_iso_date(std::string_view text) {
  // "2020-01", "01/2020"; "2008-09" is a range.
  const bool year_first = has_shape(text, "9999-99");
  if (year_first || has_shape(text, "99/9999")) {
    const int month = number(text.substr(year_first ? 5 : 0, 2));
    const int year = number(text.substr(year_first ? 0 : 3, 4));
    const bool range = year_first && month > year % 100;
    if (month < 1 || month > 12 || year < 1000 || range) return std::nullopt;
    return std::string(kMonths[static_cast<std::size_t>(month - 1)]) + ' ' + year_in_words(year);
  }
  const bool dashes = text.size() >= 10 && has_shape(text.substr(0, 10), "9999-99-99");
  if (!dashes && !has_shape(text, "9999/99/99")) return std::nullopt;
  const int year = number(text.substr(0, 4));
  const int month = number(text.substr(5, 2));
  const int day = number(text.substr(8, 2));
  if (!is_day(month, day) || year < 1000) return std::nullopt;
  std::string words = date_words(month, day, year);
  if (text.size() == 10) return words;
  if (text[10] != 'T' || text.size() < 16) return std::nullopt;
  const auto clock = parse_clock(text.substr(11, 5));
  if (!clock) return std::nullopt;
  return words + " at " + clock->words;
}

// "3/15/2024", "15.03.2024", "15-03-2024", "1/2/24"; and "12/31" after "on".
std::optional<std::string> read_digit_date(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view text = tokens[index].core;
  const auto first = text.find_first_of("/.-");
  if (first == 0 || first > 2 || first == std::string_view::npos) return std::nullopt;
  const char sign = text[first];
  const auto second = std::min(text.find(sign, first + 1), text.size());
  const auto a = text.substr(0, first);
  const auto b = text.substr(first + 1, second - first - 1);
  if (!all_digits(a) || !all_digits(b) || b.size() > 2) return std::nullopt;
  int year = 0;
  if (second < text.size()) {
    const auto c = text.substr(second + 1);
    if (!all_digits(c) || (c.size() != 4 && (c.size() != 2 || sign != '/'))) return std::nullopt;
    year = number(c) + (c.size() == 4 ? 0 : number(c) < 50 ? 2000 : 1900);
    if (year < 1000) return std::nullopt;
  } else {
    const std::string before = word_before(tokens, index);
    const bool dated =
        before == "on" || before == "by" || before == "until" || before == "since" || before == "due";
    if (sign != '/' || !dated) return std::nullopt;
  }
  // With points the day comes first; with slashes the month, unless it cannot be one.
  int month = number(sign == '.' ? b : a);
  int day = number(sign == '.' ? a : b);
  if (month > 12) std::swap(month, day);
  if (!is_day(month, day)) return std::nullopt;
  return date_words(month, day, year);
}

// ---- dates with names

// "March", "Mar", "Sept": 1 to 12; 0 for anything else.
int month_of(std::string_view word) {
  for (std::size_t i = 0; i < kMonths.size(); ++i) {
    if (word == kMonths[i] || (word.size() == 3 && kMonths[i].starts_with(word)))
      return static_cast<int>(i + 1);
  }
  return word == "Sept" ? 9 : 0;
}

int weekday_of(std::string_view word) {
  if (word.size() < 3 || word.size() > 5) return 0;
  for (std::size_t i = 0; i < kWeekdays.size(); ++i) {
    const bool usual =
        word.size() == 3 || word == "Tues" || word == "Wednes" || word == "Thur" || word == "Thurs";
    if (usual && kWeekdays[i].starts_with(word)) return static_cast<int>(i + 1);
  }
  return 0;
}

// "15", "15th", "3-7", "June 2nd–5th": the days in words, none for anything else.
std::optional<std::string> days_in_words(std::string_view text) {
  std::string words;
  for (int part = 0; part < 2; ++part) {
    const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 2) return std::nullopt;
    const int day = number(text.substr(0, digits));
    if (day < 1 || day > 31) return std::nullopt;
    text.remove_prefix(digits);
    for (const std::string_view suffix : {"st", "nd", "rd", "th"}) {
      if (text.starts_with(suffix)) text.remove_prefix(2);
    }
    words += (part == 0 ? "" : " to ") + ordinal_words(day);
    if (text.empty()) return words;
    if (!is_dash(text[0])) return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

// The year at `index`, 0 for none.
int year_at(const FoldedTokens& tokens, std::size_t index) {
  if (index >= tokens.size() || !has_shape(tokens[index].core, "9999")) return 0;
  const int year = number(tokens[index].core);
  return year >= 1000 && year < 2100 ? year : 0;
}

// "15-Mar-2024".
std::optional<Reading> read_joined_date(std::string_view text) {
  const auto first = text.find('-');
  const auto second = first == std::string_view::npos ? first : text.find('-', first + 1);
  if (second == std::string_view::npos || !has_shape(text.substr(second + 1), "9999")) return std::nullopt;
  const auto days = days_in_words(text.substr(0, first));
  const int month = month_of(text.substr(first + 1, second - first - 1));
  if (!days || month == 0) return std::nullopt;
  return Reading{"the " + *days + " of " + std::string(kMonths[static_cast<std::size_t>(month - 1)]) + ' ' +
                 year_in_words(number(text.substr(second + 1)))};
}

// A full stop behind "Jan." belongs to the abbreviation.
bool joins(const FoldedToken& token, std::string_view full) {
  return token.mark == '\0' || (token.mark == '.' && token.core != full);
}

// "March 15, 2024", "Jan. 2", "Dec 2003".
std::optional<Reading> read_month_first(const FoldedTokens& tokens, std::size_t index) {
  const int month = month_of(tokens[index].core);
  if (month == 0) return std::nullopt;
  const std::string_view name = kMonths[static_cast<std::size_t>(month - 1)];
  if (index + 1 < tokens.size() && joins(tokens[index], name)) {
    const auto days = days_in_words(tokens[index + 1].core);
    const char mark = tokens[index + 1].mark;
    const int year = mark == '\0' || mark == ',' ? year_at(tokens, index + 2) : 0;
    if (days && year != 0) return Reading{std::string(name) + ' ' + *days + ", " + year_in_words(year), 3};
    if (days) return Reading{std::string(name) + ' ' + *days, 2};
    if (const int alone = year_at(tokens, index + 1))
      return Reading{std::string(name) + ' ' + year_in_words(alone), 2};
  }
  const bool abbreviated = tokens[index].core != name && tokens[index].mark == '.';
  if (!abbreviated) return std::nullopt;
  const bool ends = index + 1 == tokens.size();
  return Reading{std::string(name), 1, ends};
}

// "15 March 2024", "the 15th of March" (whose year is read by itself).
std::optional<Reading> read_day_first(const FoldedTokens& tokens, std::size_t index) {
  const FoldedToken* next = following(tokens, index);
  if (next == nullptr) return std::nullopt;
  const int month = month_of(next->core);
  const auto days = days_in_words(tokens[index].core);
  if (month == 0 || !days) return std::nullopt;
  const std::string_view name = kMonths[static_cast<std::size_t>(month - 1)];
  const bool article = word_before(tokens, index) == "the";
  std::string words = (article ? "" : "the ") + *days + " of " + std::string(name);
  const bool stopped = next->mark == '.' && next->core != name;
  const int year = next->mark == '\0' || next->mark == ',' || stopped ? year_at(tokens, index + 2) : 0;
  if (year != 0) return Reading{words + ' ' + year_in_words(year), 3};
  return Reading{std::move(words), 2, !stopped || index + 2 == tokens.size()};
}

// "Mon", "Tue.", "Mon-Fri", "Monday–Friday".
std::optional<Reading> read_weekday(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  const auto dash = core.find_first_of(std::string{'-', symbol::kRange});
  const auto name = [](std::string_view word) -> std::string_view {
    if (std::ranges::find(kWeekdays, word) != kWeekdays.end()) return word;
    const int day = weekday_of(word);
    return day == 0 ? std::string_view() : kWeekdays[static_cast<std::size_t>(day - 1)];
  };
  if (dash != std::string_view::npos) {
    const auto from = name(core.substr(0, dash));
    const auto to = name(core.substr(dash + 1));
    if (!from.empty() && !to.empty()) return Reading{std::string(from) + " to " + std::string(to)};
    const int from_month = month_of(core.substr(0, dash));
    const int to_month = month_of(core.substr(dash + 1));
    if (from_month == 0 || to_month == 0) return std::nullopt;
    return Reading{std::string(kMonths[static_cast<std::size_t>(from_month - 1)]) + " to " +
                   std::string(kMonths[static_cast<std::size_t>(to_month - 1)])};
  }
  const int day = weekday_of(core);
  if (day == 0) return std::nullopt;
  // "Sat" and "Sun" are words, too.
  const std::string before = word_before(tokens, index);
  const bool word = core == "Sat" || core == "Sun";
  const bool paired =
      index + 1 < tokens.size() && (tokens[index + 1].core == "&" || tokens[index + 1].core == "and");
  const bool dated = (paired && tokens[index].mark == '.') || before == "on" || before == "every" ||
                     before == "next" || before == "last" ||
                     (index + 1 < tokens.size() &&
                      (is_digit(tokens[index + 1].core[0]) || month_of(tokens[index + 1].core) != 0));
  if (word && !dated) return std::nullopt;
  const bool ends = index + 1 == tokens.size();
  return Reading{std::string(kWeekdays[static_cast<std::size_t>(day - 1)]), 1,
                 tokens[index].mark != '.' || ends};
}

}  // namespace

std::optional<Reading> read_moment(const FoldedTokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  if (is_digit(core[0])) {
    if (auto date = read_iso_date(core)) return Reading{std::move(*date)};
    if (auto date = read_digit_date(tokens, index)) return Reading{std::move(*date)};
    if (auto date = read_joined_date(core)) return date;
    if (auto date = read_day_first(tokens, index)) return date;
    return read_clock(tokens, index);
  }
  if (auto half = read_half_day(tokens, index)) return half;
  if (!is_upper(core[0])) return std::nullopt;
  if (auto weekday = read_weekday(tokens, index)) return weekday;
  return read_month_first(tokens, index);
}

}  // namespace parley::text
