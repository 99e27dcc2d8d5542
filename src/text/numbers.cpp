// SPDX-License-Identifier: Apache-2.0
#include "text/numbers.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace parley::text {

namespace {

constexpr std::array<std::string_view, 20> kUnits = {
    "zero",     "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<std::string_view, 10> kTens = {"",      "",      "twenty",  "thirty", "forty",
                                                    "fifty", "sixty", "seventy", "eighty", "ninety"};
constexpr std::array<std::string_view, 20> kUnitOrdinals = {
    "zeroth",     "first",     "second",    "third",       "fourth",     "fifth",     "sixth",
    "seventh",    "eighth",    "ninth",     "tenth",       "eleventh",   "twelfth",   "thirteenth",
    "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"};
constexpr std::array<std::string_view, 10> kTensOrdinals = {
    "",         "",         "twentieth",  "thirtieth", "fortieth",
    "fiftieth", "sixtieth", "seventieth", "eightieth", "ninetieth"};

struct Scale {
  std::string_view word;
  std::int64_t value;
};
constexpr std::array<Scale, 3> kScales = {
    {{"billion", 1'000'000'000}, {"million", 1'000'000}, {"thousand", 1'000}}};

constexpr std::array<std::string_view, 6> kCurrencyWords = {"dollar", "dollars", "euro",
                                                            "euros",  "pound",   "pounds"};
constexpr std::array<std::string_view, 4> kCentWords = {"cent", "cents", "penny", "pence"};

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
  return !word.empty() && std::ranges::find(words, word) != words.end();
}

template <std::size_t N>
std::optional<std::int64_t> index_of(std::string_view word, const std::array<std::string_view, N>& words) {
  const auto found = std::ranges::find(words, word);
  if (word.empty() || found == words.end()) return std::nullopt;
  return found - words.begin();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, is_digit); }

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string ordinal_digits(std::int64_t number) {
  if (number == 2) return "second";
  const std::int64_t tens = number % 100;
  std::string_view suffix = "th";
  if (tens < 11 || tens > 13) {
    if (number % 10 == 1) suffix = "st";
    if (number % 10 == 2) suffix = "nd";
    if (number % 10 == 3) suffix = "rd";
  }
  return std::to_string(number) + std::string(suffix);
}

// "0012" -> "12", "1,200" -> "1200", "2.50" -> "2.5", "3.0" -> "3".
std::string plain_numeral(std::string_view numeral) {
  std::string out;
  for (const char c : numeral) {
    if (c != ',') out += c;
  }
  if (const auto point = out.find('.'); point != std::string::npos) {
    while (out.back() == '0') out.pop_back();
    if (out.back() == '.') out.pop_back();
  }
  const auto first = out.find_first_not_of('0');
  if (first == std::string::npos) return "0";
  out.erase(0, first);
  return out.front() == '.' ? "0" + out : out;
}

// Whole part and two digits, joined as they are said: (12, 50) -> "1250", (9, 0) -> "9".
std::string pair_digits(std::string_view whole, std::string_view two) {
  std::string out = plain_numeral(whole);
  if (two != "00") out += two;
  return out;
}

// First pass: written numbers. Cuts tokens into runs of letters and digits and folds times, prices, ordinals.
class Written {
 public:
  explicit Written(std::string_view text) : text_(text), words_(tokenize(text)) {}

  std::vector<Token> fold_all() {
    std::size_t gap = 0;
    for (at_ = 0; at_ < words_.size(); ++at_) {
      add_signs(gap, words_[at_].start);
      add(words_[at_]);
      gap = words_[at_].end;
    }
    add_signs(gap, text_.size());
    return std::move(out_);
  }

 private:
  // Signs between words that are said aloud.
  void add_signs(std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to; ++i) {
      const std::string_view rest = text_.substr(i, to - i);
      if (rest.starts_with('%')) out_.push_back({"percent", i, i + 1});
      if (rest.starts_with('$')) out_.push_back({"dollars", i, i + 1});
      if (rest.starts_with("€")) out_.push_back({"euros", i, i + 3});
      if (rest.starts_with("£")) out_.push_back({"pounds", i, i + 2});
    }
  }

  bool follows_currency(std::size_t start) const {
    return !out_.empty() && out_.back().end == start &&
           (out_.back().text == "dollars" || out_.back().text == "euros" || out_.back().text == "pounds");
  }

  void add(const Token& word) {
    const bool plain = std::ranges::none_of(word.text, is_digit);
    if (plain) {
      out_.push_back({without_dots(word.text), word.start, word.end});
      return;
    }
    std::size_t from = 0;
    while (from < word.text.size()) {
      const bool digits = is_digit(word.text[from]);
      std::size_t to = from;
      while (to < word.text.size() && in_run(word.text, to, digits)) ++to;
      const bool last = to == word.text.size();
      if (digits) {
        to = add_numeral(word, from, to, last);
      } else {
        push_part(word, from, to, std::string(word.text.substr(from, to - from)));
      }
      from = to;
    }
  }

  static bool in_run(const std::string& text, std::size_t at, bool digits) {
    if (is_digit(text[at])) return digits;
    const bool mark = text[at] == '.' || text[at] == ',';
    if (mark && digits) return at + 1 < text.size() && is_digit(text[at + 1]);
    return !digits;
  }

  // A part of a word has its own span where folding kept the bytes in place.
  void push_part(const Token& word, std::size_t from, std::size_t to, std::string text) {
    const bool in_place = word.end - word.start == word.text.size();
    if (in_place) {
      out_.push_back({std::move(text), word.start + from, word.start + to});
    } else {
      out_.push_back({std::move(text), word.start, word.end});
    }
  }

  // Returns where the numeral ends in the word: past an ordinal suffix.
  std::size_t add_numeral(const Token& word, std::size_t from, std::size_t to, bool last) {
    const std::string numeral = word.text.substr(from, to - from);
    const std::string_view rest = std::string_view(word.text).substr(to);
    if (is_digits(numeral) && numeral.size() < 10 &&
        (rest == "st" || rest == "nd" || rest == "rd" || rest == "th")) {
      push_part(word, from, word.text.size(), ordinal_digits(std::stoll(numeral)));
      return word.text.size();
    }
    if (last && add_time(word, from, numeral)) return to;
    const auto point = numeral.find('.');
    const bool cents = point != std::string::npos && numeral.size() - point == 3;
    const bool money = cents && (follows_currency(word.start + from) || before_currency_word());
    push_part(
        word, from, to,
        money ? pair_digits(numeral.substr(0, point), numeral.substr(point + 1)) : plain_numeral(numeral));
    return to;
  }

  bool before_currency_word() const {
    return at_ + 1 < words_.size() && one_of(words_[at_ + 1].text, kCurrencyWords);
  }

  // "9:30", "9:30am": takes the minutes' token with it.
  bool add_time(const Token& word, std::size_t from, const std::string& hours) {
    if (from != 0 || !is_digits(hours) || hours.size() > 2 || at_ + 1 >= words_.size()) return false;
    const Token& next = words_[at_ + 1];
    if (next.start != word.end + 1 || text_[word.end] != ':') return false;
    const std::string minutes = next.text.substr(0, 2);
    if (minutes.size() != 2 || !is_digits(minutes) || minutes > "59") return false;
    const std::string rest = next.text.substr(2);
    if (!rest.empty() && rest != "am" && rest != "pm") return false;
    out_.push_back({pair_digits(hours, minutes), word.start, next.start + 2});
    if (!rest.empty()) out_.push_back({rest, next.start + 2, next.end});
    ++at_;
    return true;
  }

  // "a.m" -> "am", "u.s.a" -> "usa"; "company.md" stays.
  static std::string without_dots(const std::string& text) {
    if (text.size() < 3 || text[1] != '.') return text;
    std::string letters;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (i % 2 == 1 && text[i] != '.') return text;
      if (i % 2 == 0) letters += text[i];
    }
    return letters;
  }

  std::string_view text_;
  std::vector<Token> words_;
  std::vector<Token> out_;
  std::size_t at_ = 0;
};

// Second pass: spoken numbers over the tokens of the first.
class Spoken {
 public:
  explicit Spoken(std::vector<Token> tokens) : in_(std::move(tokens)) {}

  std::vector<Token> fold_all() {
    std::size_t at = 0;
    while (at < in_.size()) {
      const std::optional<Match> match = match_at(at);
      if (!match) {
        out_.push_back(in_[at++]);
        continue;
      }
      out_.push_back({match->text, in_[at].start, in_[match->end - 1].end});
      at = match->end;
    }
    return std::move(out_);
  }

 private:
  struct Match {
    std::string text;
    std::size_t end;
  };
  struct Number {
    std::int64_t value = 0;
    std::size_t end = 0;
    bool ordinal = false;
    bool small = true;  // below 100, without "hundred" or a scale
  };

  std::string_view word(std::size_t at) const {
    return at < in_.size() ? std::string_view(in_[at].text) : std::string_view();
  }

  std::optional<Match> match_at(std::size_t at) const {
    if (word(at) == "per" && word(at + 1) == "cent") return Match{"percent", at + 2};
    if (const auto clock = clock_at(at)) return clock;
    const auto number = number_at(at);
    if (!number) return std::nullopt;
    if (number->ordinal) return Match{ordinal_digits(number->value), number->end};
    if (const auto money = money_at(*number)) return money;
    if (const auto decimal = decimal_at(*number)) return decimal;
    if (const auto pair = pair_at(at, *number)) return pair;
    const std::size_t end = word(number->end) == "o'clock" ? number->end + 1 : number->end;
    return Match{std::to_string(number->value), end};
  }

  // "half past nine", "quarter to ten", with or without "a" before.
  std::optional<Match> clock_at(std::size_t at) const {
    const bool half = word(at) == "half";
    const bool quarter = word(at) == "quarter";
    if (!half && !quarter) return std::nullopt;
    const bool past = word(at + 1) == "past" || (quarter && word(at + 1) == "after");
    const bool to = quarter && word(at + 1) == "to";
    if (!past && !to) return std::nullopt;
    const auto hour = number_at(at + 2);
    if (!hour || hour->ordinal || hour->value < 1 || hour->value > 12) return std::nullopt;
    if (half) return Match{pair_digits(std::to_string(hour->value), "30"), hour->end};
    if (past) return Match{pair_digits(std::to_string(hour->value), "15"), hour->end};
    const std::int64_t before = hour->value == 1 ? 12 : hour->value - 1;
    return Match{pair_digits(std::to_string(before), "45"), hour->end};
  }

  // "twelve dollars [and] fifty [cents]".
  std::optional<Match> money_at(const Number& whole) const {
    if (!one_of(word(whole.end), kCurrencyWords)) return std::nullopt;
    std::size_t at = whole.end + 1;
    const bool joined = word(at) == "and";
    if (joined) ++at;
    const auto cents = number_at(at);
    if (!cents || cents->ordinal || !cents->small || cents->value < 1) return std::nullopt;
    const bool said = one_of(word(cents->end), kCentWords);
    if (!said && (joined || cents->value < 10)) return std::nullopt;
    return Match{pair_digits(std::to_string(whole.value), two_digits(cents->value)),
                 cents->end + (said ? 1 : 0)};
  }

  // "two point five", "two and a half".
  std::optional<Match> decimal_at(const Number& whole) const {
    if (word(whole.end) == "and" && word(whole.end + 1) == "a" && word(whole.end + 2) == "half") {
      return Match{std::to_string(whole.value) + ".5", whole.end + 3};
    }
    if (word(whole.end) != "point") return std::nullopt;
    std::string digits;
    std::size_t at = whole.end + 1;
    while (const auto digit = digit_at(at)) {
      digits += std::to_string(*digit);
      ++at;
    }
    if (digits.empty()) {
      const auto two = number_at(at);
      if (!two || two->ordinal || !two->small) return std::nullopt;
      digits = std::to_string(two->value);
      at = two->end;
    }
    return Match{plain_numeral(std::to_string(whole.value) + "." + digits), at};
  }

  std::optional<std::int64_t> digit_at(std::size_t at) const {
    if (word(at) == "oh" || word(at) == "o") return 0;
    const auto unit = index_of(word(at), kUnits);
    return unit && *unit < 10 ? unit : std::nullopt;
  }

  // "nine thirty", "nine oh five", "nineteen ninety nine": only words, since "9 30" are two written numbers.
  std::optional<Match> pair_at(std::size_t at, const Number& first) const {
    if (!first.small || first.value == 0 || is_digits(word(at))) return std::nullopt;
    if (word(first.end) == "oh" || word(first.end) == "o") {
      const auto unit = digit_at(first.end + 1);
      if (!unit || *unit == 0) return std::nullopt;
      return Match{std::to_string(first.value) + two_digits(*unit), first.end + 2};
    }
    if (is_digits(word(first.end))) return std::nullopt;
    const auto second = number_at(first.end);
    if (!second || second->ordinal || !second->small || second->value < 10) return std::nullopt;
    return Match{std::to_string(first.value) + two_digits(second->value), second->end};
  }

  // A whole number in words, or written with a scale after it ("2 million").
  std::optional<Number> number_at(std::size_t at) const {
    Number total;
    std::optional<Number> group = group_at(at);
    if (!group) return std::nullopt;
    std::int64_t scale_limit = 1'000'000'000'000;
    for (;;) {
      if (group->ordinal) return sum(total, *group);
      const Scale* scale = scale_at(group->end, scale_limit);
      if (!scale) return sum(total, *group);
      total = Number{total.value + group->value * scale->value, group->end + 1, false, false};
      scale_limit = scale->value;
      const std::size_t next = word(total.end) == "and" ? total.end + 1 : total.end;
      group = group_at(next);
      if (!group || group->value >= scale_limit) return total;
    }
  }

  static Number sum(const Number& total, Number group) {
    group.value += total.value;
    group.small = group.small && total.end == 0;
    return group;
  }

  const Scale* scale_at(std::size_t at, std::int64_t below) const {
    for (const Scale& scale : kScales) {
      if (word(at) == scale.word && scale.value < below) return &scale;
    }
    return nullptr;
  }

  // Up to "twelve hundred and five", "a hundred", "a thousand".
  std::optional<Number> group_at(std::size_t at) const {
    std::optional<Number> first = small_at(at);
    const bool article =
        word(at) == "a" && (word(at + 1) == "hundred" || scale_at(at + 1, INT64_MAX) != nullptr);
    if (article) first = Number{1, at + 1, false, true};
    if (!first && word(at) == "hundred") first = Number{1, at, false, true};
    if (!first || first->ordinal || word(first->end) != "hundred") return first;
    Number group{first->value * 100, first->end + 1, false, false};
    const std::size_t next = word(group.end) == "and" ? group.end + 1 : group.end;
    const auto rest = small_at(next);
    if (rest && rest->value > 0 && !is_digits(word(next))) {
      group.value += rest->value;
      group.end = rest->end;
      group.ordinal = rest->ordinal;
    }
    return group;
  }

  // Below 100, or a written whole number.
  std::optional<Number> small_at(std::size_t at) const {
    const std::string_view here = word(at);
    if (is_digits(here) && here.size() < 10)
      return Number{std::stoll(std::string(here)), at + 1, false, false};
    if (const auto unit = index_of(here, kUnits)) return Number{*unit, at + 1, false, true};
    // "second" alone is the unit of time more often than a rank.
    if (here != "second") {
      if (const auto ordinal = index_of(here, kUnitOrdinals)) return Number{*ordinal, at + 1, true, true};
    }
    if (const auto ordinal = index_of(here, kTensOrdinals)) return Number{*ordinal * 10, at + 1, true, true};
    const auto tens = index_of(here, kTens);
    if (!tens) return std::nullopt;
    const auto unit = index_of(word(at + 1), kUnits);
    if (unit && *unit > 0 && *unit < 10) return Number{*tens * 10 + *unit, at + 2, false, true};
    const auto ordinal = index_of(word(at + 1), kUnitOrdinals);
    if (ordinal && *ordinal > 0 && *ordinal < 10) return Number{*tens * 10 + *ordinal, at + 2, true, true};
    return Number{*tens * 10, at + 1, false, true};
  }

  std::vector<Token> in_;
  std::vector<Token> out_;
};

std::string small_words(std::int64_t number) {
  if (number < 20) return std::string(kUnits[static_cast<std::size_t>(number)]);
  std::string out(kTens[static_cast<std::size_t>(number / 10)]);
  if (number % 10 != 0) out += " " + std::string(kUnits[static_cast<std::size_t>(number % 10)]);
  return out;
}

std::string positive_words(std::uint64_t number) {
  if (number < 100) return small_words(static_cast<std::int64_t>(number));
  static constexpr std::array<std::pair<std::uint64_t, std::string_view>, 7> kNamed = {{
      {1'000'000'000'000'000'000U, "quintillion"},
      {1'000'000'000'000'000U, "quadrillion"},
      {1'000'000'000'000U, "trillion"},
      {1'000'000'000U, "billion"},
      {1'000'000U, "million"},
      {1'000U, "thousand"},
      {100U, "hundred"},
  }};
  const auto named = std::ranges::find_if(kNamed, [&](const auto& entry) { return number >= entry.first; });
  std::string out = positive_words(number / named->first) + " " + std::string(named->second);
  if (number % named->first != 0) out += " " + positive_words(number % named->first);
  return out;
}

}  // namespace

std::vector<Token> canonical_tokens(std::string_view text) {
  return Spoken(Written(text).fold_all()).fold_all();
}

std::string number_words(std::int64_t number) {
  if (number < 0) return "minus " + positive_words(0U - static_cast<std::uint64_t>(number));
  return positive_words(static_cast<std::uint64_t>(number));
}

std::string ordinal_words(std::int64_t number) {
  std::string out = number_words(number);
  const auto space = out.rfind(' ');
  const std::size_t from = space == std::string::npos ? 0 : space + 1;
  const std::string last = out.substr(from);
  out.erase(from);
  if (const auto unit = index_of(last, kUnits)) {
    return out + std::string(kUnitOrdinals[static_cast<std::size_t>(*unit)]);
  }
  if (const auto tens = index_of(last, kTens)) {
    return out + std::string(kTensOrdinals[static_cast<std::size_t>(*tens)]);
  }
  return out + last + "th";
}

}  // namespace parley::text
