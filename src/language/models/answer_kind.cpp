// SPDX-License-Identifier: Apache-2.0
#include "language/models/answer_kind.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace parley::language {
namespace {

using Words = std::span<const std::string_view>;

constexpr auto kTimeUnits = std::to_array<std::string_view>(
    {"second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month",
     "months", "year", "years", "working", "business"});
constexpr auto kDates = std::to_array<std::string_view>(
    {"january",  "february", "march",    "april",   "june",      "july",      "august",   "september",
     "october",  "november", "december", "monday",  "tuesday",   "wednesday", "thursday", "friday",
     "saturday", "sunday",   "weekday",  "morning", "afternoon", "evening",   "noon",     "midnight",
     "weekend",  "spring",   "summer",   "autumn",  "winter",    "today",     "tomorrow"});
constexpr auto kFrequencies = std::to_array<std::string_view>(
    {"every", "daily", "weekly", "monthly", "yearly", "annually", "twice", "once", "each", "per", "times"});
constexpr auto kMoneyUnits =
    std::to_array<std::string_view>({"dollar", "dollars", "euro", "euros", "pound", "pounds", "cent", "cents",
                                     "percent", "usd", "eur", "franc", "francs", "free", "quarter", "half"});
constexpr auto kAmountWords =
    std::to_array<std::string_view>({"double", "half", "quarter", "twice", "third"});
constexpr auto kDistanceUnits = std::to_array<std::string_view>(
    {"mile", "miles", "kilometer", "kilometers", "kilometre", "kilometres", "km", "meter", "meters", "metre",
     "metres", "foot", "feet", "yard", "yards", "inch", "inches"});
constexpr auto kWeightUnits =
    std::to_array<std::string_view>({"pound", "pounds", "kilo", "kilos", "kilogram", "kilograms", "kg",
                                     "gram", "grams", "ton", "tons", "ounce", "ounces"});
constexpr auto kAgeUnits =
    std::to_array<std::string_view>({"year", "years", "month", "months", "age", "old"});
constexpr auto kPeople = std::to_array<std::string_view>(
    {"manager",    "director",  "officer",    "lead",      "leader",    "head",     "team",
     "owner",      "president", "chief",      "secretary", "colleague", "mechanic", "doctor",
     "assistant",  "chairman",  "department", "desk",      "engineer",  "teacher",  "driver",
     "supervisor", "founder",   "staff",      "employee",  "employees"});
constexpr auto kLengthUnits = std::to_array<std::string_view>(
    {"character", "characters", "letter", "letters", "digit", "digits", "word", "words", "page", "pages"});
constexpr auto kPermissions =
    std::to_array<std::string_view>({"can", "cannot", "can't", "may", "allowed", "permitted", "possible",
                                     "never", "forbidden", "must", "free"});
constexpr auto kPlaces = std::to_array<std::string_view>(
    {"at", "in", "on", "under", "behind", "beside", "next", "near", "inside", "outside", "opposite", "above",
     "below", "street", "road", "square", "avenue", "floor", "room"});

bool holds(Words words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

bool any_of(std::span<const text::Token> tokens, Words words) {
  return std::ranges::any_of(tokens, [words](const text::Token& token) { return holds(words, token.text); });
}

bool is_number(const text::Token& token) {
  return !token.text.empty() && std::isdigit(static_cast<unsigned char>(token.text.front())) != 0;
}

// "3rd", "25th".
bool is_ordinal(const text::Token& token) {
  return is_number(token) && std::isalpha(static_cast<unsigned char>(token.text.back())) != 0;
}

bool has_number(std::span<const text::Token> tokens) { return std::ranges::any_of(tokens, is_number); }

// A number with one of the units at most two words after it ("5 working days", "18 years").
bool number_with(std::span<const text::Token> tokens, Words units) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_number(tokens[i]) || is_ordinal(tokens[i])) continue;
    for (std::size_t j = i + 1; j < std::min(i + 3, tokens.size()); ++j) {
      if (holds(units, tokens[j].text)) return true;
    }
  }
  return false;
}

// A number with the counted thing near it; any number when it is not known what is counted.
double count_fit(const Question& question, std::span<const text::Token> tokens) {
  if (!has_number(tokens)) return -1;
  if (question.counted.empty()) return 0.5;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_number(tokens[i])) continue;
    const std::size_t end = std::min(i + 4, tokens.size());
    for (std::size_t j = i + 1; j < end; ++j) {
      const std::string stem = text::stem(tokens[j].text);
      for (const Term& term : question.terms) {
        if (term.stem == question.counted && term.doubles.contains(stem)) return 1;
      }
    }
  }
  return -0.5;
}

bool has_year(std::span<const text::Token> tokens) {
  return std::ranges::any_of(tokens, [](const text::Token& token) {
    return token.text.size() == 4 && is_number(token) && (token.text[0] == '1' || token.text[0] == '2');
  });
}

bool names_money(std::string_view sentence, std::span<const text::Token> tokens) {
  if (sentence.find_first_of('$') != std::string_view::npos) return true;
  if (sentence.find("\xE2\x82\xAC") != std::string_view::npos) return true;  // the euro sign
  return number_with(tokens, kMoneyUnits) || any_of(tokens, std::to_array<std::string_view>({"free"}));
}

// "friday", "fridays".
bool holds_also_plural(Words words, std::string_view word) {
  return holds(words, word) || (word.ends_with('s') && holds(words, word.substr(0, word.size() - 1)));
}

// One of the words that the question did not itself say: "winter" does not tell when in the winter.
bool names_new(const Question& question, std::span<const text::Token> tokens, Words words) {
  return std::ranges::any_of(tokens, [&](const text::Token& token) {
    if (!holds_also_plural(words, token.text)) return false;
    const std::string stem = text::stem(token.text);
    return std::ranges::none_of(question.terms, [&](const Term& term) { return term.stem == stem; });
  });
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

// A number whose spelling is that of a time: "9:30", "half past nine", "nine o'clock", "nine thirty".
bool spelled_as_time(std::string_view sentence, const text::Token& token) {
  if (!is_digits(token.text) || token.text.size() > 4) return false;
  const std::string spelling = text::fold(sentence.substr(token.start, token.end - token.start));
  if (spelling.find(':') != std::string::npos) return true;
  constexpr auto kMarks = std::to_array<std::string_view>({"past ", "after ", "quarter to ", "clock"});
  if (std::ranges::any_of(kMarks,
                          [&](std::string_view mark) { return spelling.find(mark) != std::string::npos; })) {
    return true;
  }
  // Two numbers in words, read together: the second is minutes. "Nine hundred" is none.
  const bool in_words = std::isdigit(static_cast<unsigned char>(spelling.front())) == 0;
  if (!in_words || token.text.size() < 3 || spelling.find("hundred") != std::string::npos) return false;
  const int both = std::stoi(token.text);
  return both / 100 <= 24 && both % 100 < 60;
}

// "at 9", "until 6", "from 9 to 5", but not "at 40 degrees": what is counted would come next.
bool bare_hour(std::span<const text::Token> tokens, std::size_t i) {
  constexpr auto kBefore = std::to_array<std::string_view>(
      {"at", "by", "until", "till", "before", "after", "from", "since", "around", "past"});
  if (i == 0 || !holds(kBefore, tokens[i - 1].text)) return false;
  if (!is_digits(tokens[i].text) || tokens[i].text.size() > 2 || std::stoi(tokens[i].text) > 24) return false;
  return i + 1 == tokens.size() || text::is_stop_word(tokens[i + 1].text);
}

bool names_time_of_day(std::string_view sentence, std::span<const text::Token> tokens) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!is_number(tokens[i])) continue;
    const std::string_view next = i + 1 < tokens.size() ? std::string_view(tokens[i + 1].text) : "";
    if (next == "am" || next == "pm" || spelled_as_time(sentence, tokens[i]) || bare_hour(tokens, i))
      return true;
  }
  return false;
}

// "at 40 Market Square", "on Mill Road", "in Denver" name a place; "in the kitchen" may.
double place_fit(std::string_view sentence, std::span<const text::Token> tokens) {
  double fit = -0.5;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!holds(kPlaces, tokens[i].text)) continue;
    fit = 0.6;
    std::size_t next = i + 1;
    if (next + 1 < tokens.size() && is_number(tokens[next])) ++next;
    if (next >= tokens.size() || holds(kDates, tokens[next].text)) continue;
    const auto letter = static_cast<unsigned char>(sentence[tokens[next].start]);
    if (std::isupper(letter) != 0) return 1;
  }
  return fit;
}

double yes_or_no(bool fits) { return fits ? 1 : -1; }

}  // namespace

double kind_fit(const Question& question, std::string_view sentence, std::span<const text::Token> tokens) {
  switch (question.kind) {
    case AnswerKind::kAny:
      return 0;
    case AnswerKind::kPerson:
      return any_of(tokens, kPeople) ? 1 : 0;
    case AnswerKind::kPlace:
      return place_fit(sentence, tokens);
    case AnswerKind::kTime:
      if (names_new(question, tokens, kDates) || std::ranges::any_of(tokens, is_ordinal)) return 1;
      if (names_time_of_day(sentence, tokens)) return 1;
      return number_with(tokens, kTimeUnits) ? 0.4 : -1;
    case AnswerKind::kDuration:
      if (number_with(tokens, kTimeUnits)) return 1;
      if (number_with(tokens, kLengthUnits) || number_with(tokens, kDistanceUnits)) return 0.8;
      return has_number(tokens) ? 0 : -1;
    case AnswerKind::kFrequency:
      return yes_or_no(any_of(tokens, kFrequencies) || (has_number(tokens) && any_of(tokens, kTimeUnits)));
    case AnswerKind::kMoney:
      return yes_or_no(names_money(sentence, tokens));
    case AnswerKind::kQuantity:
      if (names_money(sentence, tokens)) return 1;
      return has_number(tokens) || any_of(tokens, kAmountWords) ? 0.6 : -1;
    case AnswerKind::kCount:
      return count_fit(question, tokens);
    case AnswerKind::kDistance:
      return yes_or_no(number_with(tokens, kDistanceUnits));
    case AnswerKind::kWeight:
      return yes_or_no(number_with(tokens, kWeightUnits));
    case AnswerKind::kAge:
      return yes_or_no(number_with(tokens, kAgeUnits));
    case AnswerKind::kSpeed:
      return yes_or_no(has_number(tokens));
    case AnswerKind::kYear:
      return yes_or_no(has_year(tokens));
    case AnswerKind::kSteps:
      return 0;
    case AnswerKind::kPermission:
      return any_of(tokens, kPermissions) ? 0.5 : 0;
  }
  return 0;
}

}  // namespace parley::language
