// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_amounts.hpp"

#include <algorithm>
#include <array>

namespace parley::text {
namespace {

using namespace ascii;
using Tokens = std::vector<FoldedToken>;

bool all_digits(std::string_view text) { return std::all_of(text.begin(), text.end(), is_digit); }

// ---- amounts

// A number, or a range of two, at the beginning of a token.
struct Amount {
  std::string spoken;      // "2.5", "2 to 3"
  std::string cents;       // of a single number with two decimals: "50"
  std::string whole;       // and what is before them: "12"
  std::size_t length = 0;  // characters read
  bool is_one = false;     // takes the singular
};

std::string_view fraction(char c) {
  if (c == symbol::kHalf) return "a half";
  if (c == symbol::kQuarter) return "a quarter";
  if (c == symbol::kThreeQuarters) return "three quarters";
  return "";
}

std::optional<Amount> parse_number(std::string_view text) {
  Amount amount;
  std::size_t at = 0;
  while (at < text.size() && is_digit(text[at])) ++at;
  while (at + 3 < text.size() && text[at] == ',' && all_digits(text.substr(at + 1, 3))) at += 4;
  amount.whole = text.substr(0, at);
  if (at > 0 && at + 1 < text.size() && text[at] == '.' && is_digit(text[at + 1])) {
    const std::size_t point = at++;
    while (at < text.size() && is_digit(text[at])) ++at;
    if (at - point == 3) amount.cents = text.substr(point + 1, 2);
  }
  amount.spoken = text.substr(0, at);
  amount.is_one = amount.spoken == "1";
  const auto part = at < text.size() ? fraction(text[at]) : std::string_view();
  if (!part.empty()) {
    amount.spoken += (at > 0 ? " and " : "") + std::string(part);
    amount.is_one = at == 0;
    ++at;
  }
  if (at == 0) return std::nullopt;
  // "1.2.3" is no number, nor is "12a.5".
  if (at < text.size() && text[at] == '.' && at + 1 < text.size() && is_digit(text[at + 1]))
    return std::nullopt;
  amount.length = at;
  return amount;
}

std::optional<Amount> parse_amount(std::string_view text) {
  std::string sign;
  std::size_t at = 0;
  if (text.size() > 1 && (text[0] == '-' || text[0] == symbol::kRange)) sign = "minus ", at = 1;
  if (text.size() > 1 && text[0] == '+') sign = "plus ", at = 1;
  auto first = parse_number(text.substr(at));
  if (!first) return std::nullopt;
  first->spoken.insert(0, sign);
  first->length += at;
  const auto rest = text.substr(first->length);
  if (rest.size() < 2 || (rest[0] != '-' && rest[0] != symbol::kRange)) return first;
  const auto second = parse_number(rest.substr(1));
  if (!second) return first;
  // A date, an article number, a telephone number.
  const bool second_dash = rest.substr(1 + second->length).starts_with('-');
  const bool telephone =
      first->whole.starts_with('0') || (first->whole.size() == 3 && second->whole.size() == 4);
  if (second_dash || telephone) return first;
  return Amount{first->spoken + " to " + second->spoken, "", "", first->length + 1 + second->length, false};
}

// ---- units and currencies

struct Unit {
  std::string_view written;
  std::string_view one;
  std::string_view many;
};

constexpr std::array kUnits{
    Unit{"km/h", "kilometer per hour", "kilometers per hour"},
    Unit{"km", "kilometer", "kilometers"},
    Unit{"m", "meter", "meters"},
    Unit{"cm", "centimeter", "centimeters"},
    Unit{"mm", "millimeter", "millimeters"},
    Unit{"m/s", "meter per second", "meters per second"},
    Unit{"m\x84", "square meter", "square meters"},
    Unit{"km\x84", "square kilometer", "square kilometers"},
    Unit{"m\x85", "cubic meter", "cubic meters"},
    Unit{"kg", "kilogram", "kilograms"},
    Unit{"g", "gram", "grams"},
    Unit{"mg", "milligram", "milligrams"},
    Unit{"\x8Bg", "microgram", "micrograms"},
    Unit{"lb", "pound", "pounds"},
    Unit{"lbs", "pound", "pounds"},
    Unit{"oz", "ounce", "ounces"},
    Unit{"ft", "foot", "feet"},
    Unit{"mph", "mile per hour", "miles per hour"},
    Unit{"l", "liter", "liters"},
    Unit{"L", "liter", "liters"},
    Unit{"ml", "milliliter", "milliliters"},
    Unit{"bar", "bar", "bar"},
    Unit{"psi", "P S I", "P S I"},
    Unit{"Nm", "newton meter", "newton meters"},
    Unit{"W", "watt", "watts"},
    Unit{"kW", "kilowatt", "kilowatts"},
    Unit{"Wh", "watt hour", "watt hours"},
    Unit{"kWh", "kilowatt hour", "kilowatt hours"},
    Unit{"V", "volt", "volts"},
    Unit{"Ah", "ampere hour", "ampere hours"},
    Unit{"mAh", "milliampere hour", "milliampere hours"},
    Unit{"Hz", "hertz", "hertz"},
    Unit{"kHz", "kilohertz", "kilohertz"},
    Unit{"MHz", "megahertz", "megahertz"},
    Unit{"GHz", "gigahertz", "gigahertz"},
    Unit{"kB", "kilobyte", "kilobytes"},
    Unit{"KB", "kilobyte", "kilobytes"},
    Unit{"MB", "megabyte", "megabytes"},
    Unit{"GB", "gigabyte", "gigabytes"},
    Unit{"TB", "terabyte", "terabytes"},
    Unit{"ms", "millisecond", "milliseconds"},
    Unit{"\x8Bs", "microsecond", "microseconds"},
    Unit{"min", "minute", "minutes"},
    Unit{"h", "hour", "hours"},
    Unit{"hrs", "hour", "hours"},
    Unit{"dB", "decibel", "decibels"},
    Unit{"\x83", "degree", "degrees"},
    Unit{"\x83"
         "C",
         "degree Celsius", "degrees Celsius"},
    Unit{"\x83"
         "F",
         "degree Fahrenheit", "degrees Fahrenheit"},
    Unit{"%", "percent", "percent"},
    Unit{"x", "times", "times"},
    Unit{"\x86", "times", "times"},
    Unit{"k", "thousand", "thousand"},
};

const Unit* find_unit(std::string_view written) {
  const auto* found =
      std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& unit) { return unit.written == written; });
  return found == kUnits.end() ? nullptr : found;
}

struct Currency {
  std::string_view code;
  char written;
  std::string_view one;
  std::string_view many;
  std::string_view hundredths;  // none: the currency has no smaller coin
};

constexpr std::array kCurrencies{
    Currency{"USD", '$', "dollar", "dollars", "cents"},
    Currency{"EUR", symbol::kEuro, "euro", "euros", "cents"},
    Currency{"GBP", symbol::kPound, "pound", "pounds", "pence"},
    Currency{"JPY", symbol::kYen, "yen", "yen", ""},
    Currency{"CHF", '\0', "Swiss franc", "Swiss francs", "centimes"},
};

const Currency* find_currency(char written) {
  const auto* found = std::find_if(kCurrencies.begin(), kCurrencies.end(), [&](const Currency& row) {
    return row.written == written && written != '\0';
  });
  return found == kCurrencies.end() ? nullptr : found;
}
const Currency* find_currency(std::string_view code) {
  const auto* found = std::find_if(kCurrencies.begin(), kCurrencies.end(),
                                   [&](const Currency& row) { return row.code == code; });
  return found == kCurrencies.end() ? nullptr : found;
}

std::string_view magnitude(std::string_view written) {
  if (written == "k" || written == "K" || written == "thousand") return "thousand";
  if (written == "m" || written == "M" || written == "mn" || written == "million") return "million";
  if (written == "bn" || written == "B" || written == "billion") return "billion";
  if (written == "trillion") return "trillion";
  return "";
}

std::string money(const Amount& amount, const Currency& currency, std::string_view size) {
  if (!size.empty()) return amount.spoken + ' ' + std::string(size) + ' ' + std::string(currency.many);
  if (amount.cents.empty() || currency.hundredths.empty()) {
    return amount.spoken + ' ' + std::string(amount.is_one ? currency.one : currency.many);
  }
  std::string cents = amount.cents;
  if (cents[0] == '0') cents.erase(0, 1);
  const std::string coins = cents + ' ' + std::string(currency.hundredths);
  if (cents == "0")
    return amount.whole + ' ' + std::string(amount.whole == "1" ? currency.one : currency.many);
  if (amount.whole == "0") return coins;
  return amount.whole + ' ' + std::string(amount.whole == "1" ? currency.one : currency.many) + ' ' + coins;
}

// "/month" after an amount.
std::optional<std::string> per(std::string_view rest) {
  if (rest.empty()) return "";
  const std::string_view what = rest.substr(1);
  if (rest[0] != '/' || what.empty() || !std::all_of(what.begin(), what.end(), is_letter))
    return std::nullopt;
  const Unit* unit = find_unit(what);
  return " per " + std::string(unit != nullptr ? unit->one : what);
}

}  // namespace

const FoldedToken* following(const Tokens& tokens, std::size_t index) {
  const bool joined =
      index + 1 < tokens.size() && tokens[index].mark == '\0' && !tokens[index + 1].opens_bracket;
  return joined ? &tokens[index + 1] : nullptr;
}

std::string_view currency_name(char sign) {
  const Currency* currency = find_currency(sign);
  return currency != nullptr ? currency->many : std::string_view();
}

bool is_fraction(char c) { return !fraction(c).empty(); }

std::optional<Reading> read_money(const Tokens& tokens, std::size_t index) {
  std::string_view core = tokens[index].core;
  const FoldedToken* next = following(tokens, index);
  if (const Currency* code = find_currency(core); code != nullptr && next != nullptr) {
    const auto amount = parse_amount(next->core);
    if (!amount || amount->length != next->core.size()) return std::nullopt;
    return Reading{money(*amount, *code, ""), 2};
  }
  if (core.starts_with("US$")) core.remove_prefix(2);
  const Currency* currency = core.empty() ? nullptr : find_currency(core[0]);
  if (currency != nullptr) core.remove_prefix(1);
  const auto amount = parse_amount(core);
  if (!amount) return std::nullopt;
  std::string_view rest = core.substr(amount->length);
  std::size_t used = 1;
  if (currency == nullptr && !rest.empty()) {
    currency = find_currency(rest[0]);
    if (currency != nullptr) rest.remove_prefix(1);
  }
  if (currency == nullptr && rest.empty() && next != nullptr) {
    currency = find_currency(std::string_view(next->core));
    if (currency == nullptr && next->core.size() == 1) currency = find_currency(next->core[0]);
    if (currency != nullptr) used = 2;
  }
  if (currency == nullptr) return std::nullopt;
  std::string_view size = magnitude(rest);
  if (!size.empty()) rest = {};
  if (rest.empty() && used == 1 && next != nullptr && next->core.size() > 2) {
    size = magnitude(next->core);
    if (!size.empty()) used = 2;
  }
  const auto tail = per(rest);
  if (!tail) return std::nullopt;
  return Reading{money(*amount, *currency, size) + *tail, used};
}

namespace {

// The unit that follows an amount, in the same token or as the next one.
struct UnitFound {
  const Unit* unit = nullptr;  // none: the amount ends the token
  std::size_t tokens = 1;
};
std::optional<UnitFound> unit_after(const Tokens& tokens, std::size_t index, std::string_view rest) {
  if (!rest.empty()) {
    const Unit* attached = find_unit(rest);
    if (attached == nullptr) return std::nullopt;
    return UnitFound{attached, 1};
  }
  const FoldedToken* next = following(tokens, index);
  const Unit* apart = next != nullptr ? find_unit(next->core) : nullptr;
  const bool letter = apart != nullptr && apart->written == "x";  // a multiple only when attached
  return apart != nullptr && !letter ? UnitFound{apart, 2} : UnitFound{};
}

}  // namespace

std::optional<Reading> read_quantity(const Tokens& tokens, std::size_t index) {
  const std::string_view core = tokens[index].core;
  auto amount = parse_amount(core);
  if (!amount) return std::nullopt;
  std::string_view rest = core.substr(amount->length);
  if (rest.size() > 1 && rest[0] == symbol::kTimes) {
    const auto second = parse_amount(rest.substr(1));
    if (!second) return std::nullopt;
    amount->spoken += " times " + second->spoken;
    amount->is_one = false;
    rest.remove_prefix(1 + second->length);
  }
  if (const auto found = unit_after(tokens, index, rest)) {
    if (found->unit == nullptr) return Reading{std::move(amount->spoken)};
    const auto name = amount->is_one ? found->unit->one : found->unit->many;
    return Reading{amount->spoken + ' ' + std::string(name), found->tokens};
  }
  if (const auto tail = per(rest)) return Reading{amount->spoken + *tail};
  return std::nullopt;
}

}  // namespace parley::text
