// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_words.hpp"

#include "text/speakable_amounts.hpp"
#include "text/speakable_names.hpp"
#include "text/speakable_numbers.hpp"
#include "text/speakable_rules.hpp"
#include "text/speakable_units.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace parley::text {
namespace {

using namespace ascii;

// Names of files and programs that are spelled although they are not in capitals.
bool is_technical(std::string_view word) {
  static constexpr auto kNames = std::to_array<std::string_view>(
      {"js",  "py",  "ts",  "npm", "ssh", "css", "html", "http", "https", "php",
       "xml", "sql", "csv", "pdf", "dns", "tcp", "udp",  "cpp",  "hpp",   "md",
       "txt", "tls", "ssl", "cli", "gui", "api", "url",  "usb",  "cpu",   "gpu"});
  return std::ranges::find(kNames, word) != kNames.end();
}

class WordReader {
 public:
  explicit WordReader(std::string_view core) : core_(core) {
    const auto sign = core.find_first_of("./:");
    code_ = sign != std::string_view::npos && sign + 1 < core.size();
  }

  std::string run() {
    const bool letters_range =
        core_.size() == 3 && core_[1] == '-' && is_upper(core_[0]) && is_upper(core_[2]);
    if (letters_range) return std::string(1, core_[0]) + " to " + std::string(1, core_[2]);
    if (core_ == "C#" || core_ == "F#") return std::string(1, core_[0]) + " sharp";
    begin();
    while (at_ < core_.size()) {
      if (is_letter(core_[at_])) {
        letters();
      } else if (is_digit(core_[at_])) {
        digits();
      } else {
        sign();
      }
    }
    return std::move(words_);
  }

 private:
  char here(std::size_t ahead = 0) const { return at_ + ahead < core_.size() ? core_[at_ + ahead] : '\0'; }
  char before() const { return at_ > 0 ? core_[at_ - 1] : '\0'; }

  void say(std::string_view words) {
    if (words.empty()) return;
    if (!words_.empty() && words_.back() != ' ' && words_.back() != '-') words_ += ' ';
    words_ += words;
  }

  // Signs that mean something only in front: "--port", "/etc", "~/notes", ".gitignore".
  void begin() {
    if (core_.starts_with("--") && core_.size() > 2 && is_letter(core_[2])) {
      say("dash dash");
      at_ = 2;
    } else if (core_.size() == 2 && core_[0] == '-' && is_letter(core_[1])) {
      say("dash");
      at_ = 1;
    } else if (core_.starts_with("~/")) {
      say("tilde");
      at_ = 1;
    } else if (core_.size() > 1 && core_[0] == '/' && is_alphanumeric(core_[1])) {
      say("slash");
      at_ = 1;
    } else if (core_.size() > 3 && core_[0] == 'v' && is_digit(core_[1]) &&
               core_.find('.') != std::string_view::npos) {
      say("version");
      at_ = 1;
    } else if (core_.size() > 1 && core_[0] == '.' && is_letter(core_[1])) {
      say("dot");
      at_ = 1;
    }
  }

  // Letters and the apostrophes among them, cut at the humps of "camelCase" and "HTTPServer".
  void letters() {
    std::size_t start = at_;
    while (at_ < core_.size()) {
      const bool apostrophe = here() == '\'' && is_letter(before());
      if (!is_letter(here()) && !apostrophe) break;
      ++at_;
      const bool hump = is_upper(here()) && is_lower(before());
      const bool acronym_ends = is_upper(before()) && is_upper(here()) && is_lower(here(1)) &&
                                here(2) != '\0' && is_letter(here(2));
      // "IPv6"
      const bool tail = at_ >= start + 2 && is_upper(before()) && is_upper(core_[at_ - 2]) &&
                        is_lower(here()) && is_digit(here(1));
      const auto part = core_.substr(start, at_ - start);
      if ((hump && part != "Mc" && part != "Mac") || acronym_ends || tail) {
        word(part);
        start = at_;
      }
    }
    word(core_.substr(start, at_ - start));
  }

  void word(std::string_view part) {
    const bool upper = part.size() > 1 && std::ranges::all_of(part, is_upper);
    const bool vowelless = part.size() < 6 && part.find_first_of("aeiouyAEIOUY'") == std::string_view::npos;
    const bool file = code_ && part.size() > 1 && vowelless && part.size() < core_.size();
    const bool company = upper && part.size() < 4 && core_.find('&') != std::string_view::npos;  // "AT&T"
    // "SO" of "H2SO4"
    const bool formula =
        upper && part.size() < 3 && core_.find_first_of("0123456789") != std::string_view::npos;
    if (file || company || formula || is_technical(part)) {
      say(letters_apart(part));
    } else {
      say(upper ? capitals_in_words(part) : std::string(part));
    }
  }

  void digits() {
    const std::size_t start = at_;
    std::size_t points = 0;
    while (at_ < core_.size()) {
      const bool joined = (here() == '.' || (here() == ',' && points == 0)) && is_digit(here(1));
      if (!is_digit(here()) && !joined) break;
      points += here() == '.' ? 1 : 0;
      ++at_;
    }
    const auto numeral = core_.substr(start, at_ - start);
    const auto rest = core_.substr(at_);
    const bool plain = all_digits(numeral);
    // "1/2-inch"
    if (plain && numeral.size() < 3 && rest.size() > 2 && rest[0] == '/' && is_digit(rest[1]) &&
        !is_alphanumeric(rest[2])) {
      const int numerator = std::stoi(std::string(numeral));
      const int denominator = rest[1] - '0';
      if (numerator > 0 && numerator < denominator) {
        at_ += 2;
        return say(fraction_in_words(numerator, denominator));
      }
    }
    for (const std::string_view suffix : {"st", "nd", "rd", "th"}) {
      if (!plain || !rest.starts_with(suffix) || (rest.size() > 2 && is_letter(rest[2]))) continue;
      at_ += 2;
      return say(ordinal_in_words(numeral));
    }
    if (plain && rest.starts_with('s') && (rest.size() == 1 || !is_letter(rest[1]))) {
      const std::string decade = decade_in_words(numeral);
      if (!decade.empty()) ++at_;
      if (!decade.empty()) return say(decade);
    }
    const bool year =
        plain && numeral.size() == 4 && (numeral.starts_with("19") || numeral.starts_with("20"));
    const bool among_letters = start > 0 || !rest.empty();
    const bool code =
        plain && core_.size() > 12 && numeral.size() > 1 && std::ranges::all_of(core_, is_alphanumeric);
    if (points > 1) return say(version_in_words(numeral));
    if (year && among_letters) return say(year_in_words(std::stoi(std::string(numeral))));
    say(code ? digits_in_words(numeral) : decimal_in_words(numeral));
  }

  void sign() {
    const char c = here();
    const char after = here(1);
    const char preceding = before();
    const bool inside = is_alphanumeric(preceding) && is_alphanumeric(after);
    ++at_;
    switch (c) {
      case '-':
        if (is_letter(preceding) && is_letter(after) && !words_.empty()) words_ += '-';
        return;
      case '.':
        return dot(inside, after);
      case ',':
        if (inside && !words_.empty()) words_ += ",";
        return;
      case '/':
        return inside || is_alphanumeric(after) ? say("slash") : void();
      case '^':
        return power();
      case '=':
        return inside ? say("equals") : void();
      case '@':
        return inside ? say("at") : void();
      case '&':
        return say("and");
      case '+':
        return say("plus");
      case '%':
        return say("percent");
      case symbol::kRange:
        return inside ? say("to") : void();
      case symbol::kDegree:
        return say("degrees");
      case symbol::kTimes:
        return say("times");
      case symbol::kSquared:
        return say("squared");
      case symbol::kCubed:
        return say("cubed");
      default:
        break;
    }
    if (is_fraction(c)) return say((words_.empty() ? "" : "and ") + std::string(fraction_words(c)));
    const auto rest = core_.substr(at_ - 1);
    if (const Currency* currency = currency_sign_at(rest);
        currency != nullptr && currency->sign.size() == 1) {
      say(is_letter(after) ? currency->one : currency->many);
    }
  }

  // "config.toml", not "U.S" or "e.g".
  void dot(bool inside, char after) {
    const bool names = inside && is_letter(after) && at_ >= 3 && is_alphanumeric(core_[at_ - 3]);
    if (names) say("dot");
  }

  void power() {
    const char small = here(1);
    if (here() == '-' && (small == symbol::kSquared || small == symbol::kCubed)) {  // "10⁻³"
      at_ += 2;
      return say(small == symbol::kSquared ? "to the power of minus two" : "to the power of minus three");
    }
    const auto end = std::min(core_.find_first_not_of("0123456789", at_), core_.size());
    const auto exponent = core_.substr(at_, end - at_);
    if (exponent == "2" || exponent == "3") {
      say(exponent == "2" ? "squared" : "cubed");
      at_ = end;
    } else {
      say(here() == '-' ? "to the power of minus" : "to the power of");
    }
  }

  std::string_view core_;
  std::size_t at_ = 0;
  bool code_ = false;  // a file, a path or a qualified name
  std::string words_;
};

}  // namespace

std::string word_in_words(std::string_view core) { return WordReader(core).run(); }

}  // namespace parley::text
