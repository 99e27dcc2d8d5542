// SPDX-License-Identifier: Apache-2.0
#include "text/written_times.hpp"

#include "text/written_numbers.hpp"

#include <array>
#include <string>
#include <utility>

namespace parley::text {
namespace {

constexpr auto kMonths =
    std::to_array<std::pair<std::string_view, std::string_view>>({{"january", "January"},
                                                                  {"february", "February"},
                                                                  {"march", "March"},
                                                                  {"april", "April"},
                                                                  {"may", "May"},
                                                                  {"june", "June"},
                                                                  {"july", "July"},
                                                                  {"august", "August"},
                                                                  {"september", "September"},
                                                                  {"october", "October"},
                                                                  {"november", "November"},
                                                                  {"december", "December"}});

std::string two_digits(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

// ---- times

struct Clock {
  int hour = 0;
  int minute = -1;  // -1: none said
  std::size_t end = 0;
  std::string_view half;  // "a.m.", "p.m."
  bool sure = false;      // can be nothing but a time

  std::string written() const {
    std::string text = std::to_string(hour);
    if (minute >= 0) text += ':' + two_digits(minute);
    if (!half.empty()) text += ' ' + std::string(half);
    return text;
  }
};

// "am", "a m" at `index`.
std::string_view half_day_at(const SaidWords& said, std::size_t index, std::size_t& end) {
  const std::string_view word = said[index];
  const bool letters = (word == "a" || word == "p") && said[index + 1] == "m";
  end = index + (letters ? 2 : 1);
  if (word == "am" || (letters && word == "a")) return "a.m.";
  if (word == "pm" || (letters && word == "p")) return "p.m.";
  return {};
}

// "half past nine", "a quarter to ten", "twenty five past six".
std::optional<Clock> relative_clock(const SaidWords& said, std::size_t index) {
  std::size_t at = index;
  int minutes = 0;
  const bool article = said[at] == "a" && said[at + 1] == "quarter";
  if (article) ++at;
  bool sure = true;
  if (said[at] == "half" && said[at + 1] == "past") {
    minutes = 30;
    ++at;
  } else if (said[at] == "quarter") {
    minutes = 15;
    ++at;
  } else {
    const auto number = small_number_at(said, at);
    if (!number || number->ordinal || number->value < 1 || number->value > 29) return std::nullopt;
    minutes = number->value;
    at = number->end;
    const bool named = said[at] == "minutes";
    if (named) ++at;
    if (!named && minutes % 5 != 0) return std::nullopt;
    // "ten to nine" is a range or a vote as well.
    sure = said[at] == "past" || (is_preposition_of_time(said.before(index)) &&
                                  said.before(index) != "from" && said.before(index) != "between");
  }
  const bool past = said[at] == "past" || (said[at] == "after" && minutes != 30);
  const bool to = (said[at] == "to" || said[at] == "till") && minutes != 30;
  if (!past && !to) return std::nullopt;
  const auto hour = small_number_at(said, at + 1);
  if (!hour || hour->ordinal || hour->value < 1 || hour->value > 12 || !sure) return std::nullopt;
  Clock clock{hour->value, minutes, hour->end, {}, true};
  if (to) {
    clock.minute = 60 - minutes;
    clock.hour = hour->value == 1 ? 12 : hour->value - 1;
  }
  return clock;
}

// "nine hundred hours", "oh nine hundred hours".
std::optional<Clock> military_clock(const SaidWords& said, std::size_t index) {
  const std::size_t from = said[index] == "oh" ? index + 1 : index;
  const auto hour = small_number_at(said, from);
  if (!hour || hour->ordinal || hour->value > 23 || said[hour->end] != "hundred" ||
      said[hour->end + 1] != "hours") {
    return std::nullopt;
  }
  return Clock{hour->value, 0, hour->end + 2, {}, true};
}

// "nine thirty", "six oh five", "nine", with or without what follows: "p m", "o'clock", "in the evening".
std::optional<Clock> plain_clock(const SaidWords& said, std::size_t index) {
  const auto hour = small_number_at(said, index);
  if (!hour || hour->ordinal || hour->value > 23) return std::nullopt;
  Clock clock{hour->value, -1, hour->end, {}, false};
  if (said[clock.end] == "oh" && digit_of(said[clock.end + 1]) > 0 && digit_of(said[clock.end + 2]) < 0) {
    clock.minute = digit_of(said[clock.end + 1]);
    clock.end += 2;
  } else if (const auto minute = small_number_at(said, clock.end);
             minute && !minute->ordinal && minute->value >= 10 && minute->value < 60) {
    clock.minute = minute->value;
    clock.end = minute->end;
  }
  std::size_t end = 0;
  const auto half = half_day_at(said, clock.end, end);
  if (!half.empty() && hour->value >= 1 && hour->value <= 12) {
    clock.half = half;
    clock.end = end;
    clock.sure = true;
    return clock;
  }
  if (clock.minute < 0 && said[clock.end] == "o'clock") {
    clock.sure = hour->value <= 12;
    return clock;
  }
  const bool part_of_day = (said[clock.end] == "in" && said[clock.end + 1] == "the" &&
                            (said[clock.end + 2] == "morning" || said[clock.end + 2] == "afternoon" ||
                             said[clock.end + 2] == "evening")) ||
                           (said[clock.end] == "at" && said[clock.end + 1] == "night");
  clock.sure = part_of_day && hour->value <= 12;
  return clock;
}

// Whether a pair of numbers without "p m" or the like is a time.
bool reads_as_time(const SaidWords& said, std::size_t index, const Clock& clock) {
  static constexpr auto kPrices = word_set({"cost", "costs", "pay", "paid", "charge", "charges", "price"});
  static constexpr auto kTimes = word_set({"at", "until", "till", "after", "before", "by"});
  const auto before = said.before(index);
  if (clock.minute < 0) return false;
  if (kPrices.contains(before) || is_plural(said[clock.end])) return false;
  if (small_number_at(said, clock.end)) return false;  // a longer run of numbers
  if (clock.hour >= 1 && clock.hour <= 12) {
    const bool year = clock.hour >= 10 && (before == "in" || before == "year");
    return !year;
  }
  if (clock.hour < 19) return kTimes.contains(before) && before != "by";
  return before == "at";
}

// "until nine" of "from six thirty until nine": a time stands before the link.
bool ends_time_range(const SaidWords& said, std::size_t index) {
  const auto link = said.before(index);
  if (link != "to" && link != "until" && link != "till" && link != "or" && link != "and") return false;
  if (is_plural(said[index + 1])) return false;
  for (std::size_t back = 3; back <= 6 && back <= index; ++back) {
    const std::size_t from = index - back;
    const auto clock = plain_clock(said, from);
    if (!clock || clock->end + 1 != index) continue;
    const bool time = clock->sure || (clock->minute >= 0 && reads_as_time(said, from, *clock));
    return time && (link != "and" || said.before(from) == "between");
  }
  return false;
}

}  // namespace

std::optional<Writing> write_time(const SaidWords& said, std::size_t index) {
  if (const auto clock = relative_clock(said, index)) {
    Clock whole = *clock;
    std::size_t end = 0;
    const auto half = half_day_at(said, whole.end, end);
    if (!half.empty()) whole.half = half, whole.end = end;
    return Writing{whole.written(), whole.end};
  }
  if (const auto clock = military_clock(said, index)) {
    return Writing{two_digits(clock->hour) + ":00", clock->end};
  }
  const auto clock = plain_clock(said, index);
  if (!clock) return std::nullopt;
  if (clock->sure || reads_as_time(said, index, *clock)) return Writing{clock->written(), clock->end};
  if (clock->minute < 0 && clock->hour >= 1 && clock->hour <= 12 && ends_time_range(said, index)) {
    return Writing{clock->written(), clock->end};
  }
  // "from nine to five pm": the first is a time because the second is.
  const auto link = said[clock->end];
  const bool linked = link == "to" || link == "until" || link == "till" || link == "and" || link == "or";
  if (clock->minute >= 0 || !linked || clock->hour < 1 || clock->hour > 12) return std::nullopt;
  const auto until = plain_clock(said, clock->end + 1);
  const bool time =
      until && (until->sure || (until->minute >= 0 && reads_as_time(said, clock->end + 1, *until)));
  if (!time || (link == "and" && said.before(index) != "between")) return std::nullopt;
  return Writing{clock->written(), clock->end};
}

// ---- dates

std::string_view month_name(std::string_view word) {
  const auto* found = std::ranges::find(kMonths, word, &std::pair<std::string_view, std::string_view>::first);
  return word.empty() || found == kMonths.end() ? std::string_view() : found->second;
}

bool means_month(const SaidWords& said, std::size_t index) {
  const std::string_view word = said[index];
  if (month_name(word).empty()) return false;
  if (word != "may" && word != "march") return true;
  static constexpr auto kBefore =
      word_set({"in",        "of",       "since",  "until",    "till",   "by",      "last",     "next",
                "this",      "early",    "late",   "mid",      "on",     "from",    "before",   "after",
                "during",    "every",    "and",    "through",  "for",    "between", "monday",   "tuesday",
                "wednesday", "thursday", "friday", "saturday", "sunday", "april",   "february", "june"});
  static constexpr auto kSubjects =
      word_set({"i",     "you",    "he",   "she",   "we",    "they",     "it",   "who", "that", "which",
                "there", "people", "this", "these", "those", "soldiers", "and",  "on",  "them", "us",
                "him",   "her",    "all",  "none",  "some",  "one",      "both", "each"});
  const auto before = said.before(index);
  const auto number = small_number_at(said, index + 1);
  const bool day = number && number->value >= 1 && number->value <= 31 && number->ordinal;
  if (day && !kSubjects.contains(before) && !is_plural(before)) return true;
  if (day && (before == "on" || before == "and")) return true;
  if (year_at(said, index + 1) && !kSubjects.contains(before)) return true;
  if (before == "this" || before == "and" || before == "for" || before == "that") {
    return word == "march" ? before == "this" : before == "this" && said[index + 1].empty();
  }
  return kBefore.contains(before);
}

namespace {

// The year that belongs to a date: no count can stand there.
std::optional<SaidYear> year_of_date(const SaidWords& said, std::size_t index) {
  auto year = year_at(said, index);
  if (!year || year->value < 1000 || year->value > 2099 || is_plural(said[year->end])) return std::nullopt;
  std::size_t end = 0;
  if (!half_day_at(said, year->end, end).empty()) return std::nullopt;
  return year;
}

// "march fifteenth", "march the fifteenth", "june five".
std::optional<SmallNumber> day_after_month(const SaidWords& said, std::size_t index) {
  const std::size_t at = said[index + 1] == "the" ? index + 2 : index + 1;
  const auto day = small_number_at(said, at);
  if (!day || day->value < 1 || day->value > 31) return std::nullopt;
  if (day->ordinal) return day;
  if (at != index + 1) return std::nullopt;
  // "june twenty ten" is a month of that year, "march two by two" no date at all.
  const auto year = year_at(said, at);
  const auto dated = year_of_date(said, day->end);
  if (year && !year->plain && !dated) return std::nullopt;
  const bool ambiguous = said[index] == "may" || said[index] == "march";
  if (said[day->end] == "thousand" || said[day->end] == "hundred" || is_plural(said[day->end]))
    return std::nullopt;
  return ambiguous && !dated ? std::nullopt : day;
}

std::optional<Writing> write_month_first(const SaidWords& said, std::size_t index) {
  if (!means_month(said, index)) return std::nullopt;
  const std::string month(month_name(said[index]));
  if (const auto day = day_after_month(said, index)) {
    const std::string text = month + ' ' + std::to_string(day->value);
    const auto year = year_of_date(said, day->end);
    if (!year) return Writing{text, day->end};
    return Writing{text + ", " + std::to_string(year->value), year->end};
  }
  const auto year = year_of_date(said, index + 1);
  if (!year) return Writing{month, index + 1};
  return Writing{month + ' ' + std::to_string(year->value), year->end};
}

// "third of april [twenty twenty four]"; the article before it is a word of its own.
std::optional<Writing> write_day_first(const SaidWords& said, std::size_t index) {
  const auto day = small_number_at(said, index);
  if (!day || !day->ordinal || day->value < 1 || day->value > 31 || said[day->end] != "of")
    return std::nullopt;
  const auto month = month_name(said[day->end + 1]);
  if (month.empty()) return std::nullopt;
  std::string text = ordinal_digits(day->value) + " of " + std::string(month);
  const auto year = year_of_date(said, day->end + 2);
  if (!year) return Writing{std::move(text), day->end + 2};
  return Writing{text + ' ' + std::to_string(year->value), year->end};
}

// "nineties": 90; 0 for anything else; "hundreds" and "thousands" are left to the caller.
int decade_of(std::string_view word) {
  constexpr auto kDecades = std::to_array<std::string_view>(
      {"tens", "twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties", "nineties"});
  const auto* found = std::ranges::find(kDecades, word);
  return word.empty() || found == kDecades.end() ? 0 : 10 * static_cast<int>(found - kDecades.begin() + 1);
}

// "nineteen nineties", "eighteen hundreds", "two thousands".
std::optional<Writing> write_century_decade(const SaidWords& said, std::size_t index) {
  const auto first = small_number_at(said, index);
  if (!first || first->ordinal) return std::nullopt;
  if (first->value == 2 && said[first->end] == "thousands") return Writing{"2000s", first->end + 1};
  if (first->value < 10 || first->value > 20) return std::nullopt;
  if (said[first->end] == "hundreds") return Writing{std::to_string(first->value) + "00s", first->end + 1};
  const int decade = decade_of(said[first->end]);
  if (decade == 0) return std::nullopt;
  return Writing{std::to_string(first->value * 100 + decade) + 's', first->end + 1};
}

}  // namespace

std::optional<Writing> write_date(const SaidWords& said, std::size_t index) {
  if (auto month_first = write_month_first(said, index)) return month_first;
  return write_day_first(said, index);
}

std::optional<Writing> write_year(const SaidWords& said, std::size_t index) {
  static constexpr auto kPrepositions =
      word_set({"in",    "since",  "from",      "to",    "until",   "till",    "year",   "of",     "before",
                "after", "during", "around",    "by",    "between", "and",     "spring", "summer", "autumn",
                "fall",  "winter", "christmas", "early", "late",    "through", "circa"});
  const auto before = said.before(index);
  if (auto decade = write_century_decade(said, index)) return decade;
  const int decade = decade_of(said[index]);
  if (decade >= 20 && (before == "the" || before == "early" || before == "late" || before == "mid")) {
    for (std::size_t back = 2; back < 6; ++back) {
      const auto word = said.before(index, back);
      if (word.starts_with("temperature") || word == "degrees") return std::nullopt;
    }
    return Writing{'\'' + std::to_string(decade) + 's', index + 1};
  }
  const auto year = year_of_date(said, index);
  if (!year) return std::nullopt;
  const bool dated = kPrepositions.contains(before);
  if (year->value == 2000 && before != "in" && before != "year" && before != "since") return std::nullopt;
  const bool named = before == "the" && year->value > 2000 && year->value < 2030 && !said[year->end].empty();
  if (year->plain && !dated && !named) return std::nullopt;
  const bool modern = year->value >= 1900;
  if (!modern && !dated) return std::nullopt;
  if (small_number_at(said, year->end) && !dated) return std::nullopt;  // a longer run of numbers
  return Writing{std::to_string(year->value), year->end};
}

}  // namespace parley::text
