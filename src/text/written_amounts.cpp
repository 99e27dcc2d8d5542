// SPDX-License-Identifier: Apache-2.0
#include "text/written_amounts.hpp"

#include "text/written_numbers.hpp"

#include <array>
#include <string>
#include <utility>

namespace parley::text {
namespace {

// ---- money

struct Currency {
  std::string_view one;
  std::string_view many;
  std::string_view sign;
  std::string_view hundredth;
  std::string_view hundredths;
};
constexpr auto kCurrencies = std::to_array<Currency>({{"dollar", "dollars", "$", "cent", "cents"},
                                                      {"euro", "euros", "€", "cent", "cents"},
                                                      {"pound", "pounds", "£", "penny", "pence"},
                                                      {"yen", "yen", "¥", "", ""},
                                                      {"rupee", "rupees", "₹", "paisa", "paise"}});

const Currency* currency_at(const SaidWords& said, std::size_t index) {
  const auto word = said[index];
  const auto* found = std::ranges::find_if(
      kCurrencies, [&](const Currency& row) { return word == row.one || word == row.many; });
  return word.empty() || found == kCurrencies.end() ? nullptr : found;
}

// "he weighs two hundred pounds", "three pounds of apples".
bool is_weight(const SaidWords& said, std::size_t index, std::size_t currency) {
  static constexpr auto kWeights =
      word_set({"weigh", "weighs", "weighed", "weight", "weighing", "lost", "lose", "gained", "gain", "lift",
                "lifts", "lifted", "heavy", "heavier", "lighter"});
  for (std::size_t back = 1; back <= 4; ++back) {
    if (kWeights.contains(said.before(index, back))) return true;
  }
  const auto after = said[currency + 1];
  return after == "of" || after == "heavier" || after == "lighter" || after == "overweight";
}

// An amount: a number and its unit. Writes it with another number in place of its own, for ranges.
struct Amount {
  std::string before;  // "$"
  std::string behind;  // "%", " km"
  std::string number;
  std::size_t end = 0;
  bool money = false;

  std::string written() const { return before + number + behind; }
};

std::optional<Amount> money_at(const SaidWords& said, std::size_t index, const SaidNumber& number) {
  const auto unit = said[number.end];
  if (unit == "cents" || unit == "cent" || unit == "pence" || unit == "bucks") {
    if (!number.scale.empty()) return std::nullopt;
    return Amount{"", ' ' + std::string(unit), number.written(), number.end + 1, false};
  }
  if (unit == "swiss" && (said[number.end + 1] == "francs" || said[number.end + 1] == "franc")) {
    return Amount{"", " Swiss " + std::string(said[number.end + 1]), number.written(), number.end + 2, false};
  }
  const Currency* currency = currency_at(said, number.end);
  if (currency == nullptr) return std::nullopt;
  if (currency->sign == "£" && is_weight(said, index, number.end)) {
    return Amount{"", ' ' + std::string(unit), number.written(), number.end + 1, false};
  }
  Amount amount{std::string(currency->sign), "", number.written(), number.end + 1, true};
  if (!number.scale.empty() || !number.decimals.empty() || currency->hundredth.empty()) return amount;
  const bool joined = said[amount.end] == "and";
  const std::size_t at = amount.end + (joined ? 1 : 0);
  const auto cents = small_number_at(said, at);
  if (!cents || cents->ordinal || cents->value < 1) return amount;
  const auto coin = said[cents->end];
  const bool named = coin == currency->hundredth || coin == currency->hundredths;
  // "five dollars fifty", but not "twenty dollars thirty people paid".
  const bool bare = !joined && cents->value >= 10 && !is_plural(coin) && coin != "percent";
  if (!named && !bare) return amount;
  amount.number += (cents->value < 10 ? ".0" : ".") + std::to_string(cents->value);
  amount.end = cents->end + (named ? 1 : 0);
  return amount;
}

// "twelve fifty euros".
std::optional<Amount> price_at(const SaidWords& said, std::size_t index) {
  // "a dollar fifty"
  const Currency* one = said[index] == "a" ? currency_at(said, index + 1) : nullptr;
  if (one != nullptr && said[index + 1] == one->one && !one->hundredth.empty()) {
    const auto coins = small_number_at(said, index + 2);
    if (!coins || coins->ordinal || coins->value < 10 || is_plural(said[coins->end])) return std::nullopt;
    return Amount{std::string(one->sign), "", "1." + std::to_string(coins->value), coins->end, true};
  }
  const auto whole = small_number_at(said, index);
  if (!whole || whole->ordinal) return std::nullopt;
  const auto cents = small_number_at(said, whole->end);
  if (!cents || cents->ordinal || cents->value < 10) return std::nullopt;
  const Currency* currency = currency_at(said, cents->end);
  if (currency == nullptr || said[cents->end] == currency->one) return std::nullopt;
  return Amount{std::string(currency->sign), "",
                std::to_string(whole->value) + '.' + std::to_string(cents->value), cents->end + 1, true};
}

// ---- measures

struct Measure {
  std::string_view first;  // the words said: one, or two
  std::string_view second;
  std::string_view written;  // behind the number; empty: the words, unabbreviated
};

// Units of one letter stay words, which read better; so do those of the kitchen and of the road.
constexpr auto kMeasures = std::to_array<Measure>({
    {"kilometers", "per hour", " km/h"},
    {"kilometer", "per hour", " km/h"},
    {"kilometers", "an hour", " km/h"},
    {"kilometres", "per hour", " km/h"},
    {"kilometres", "an hour", " km/h"},
    {"miles", "per hour", " mph"},
    {"mile", "per hour", " mph"},
    {"miles", "an hour", " mph"},
    {"square", "kilometers", " square kilometers"},
    {"square", "meters", " square meters"},
    {"square", "meter", " square meter"},
    {"square", "metres", " square metres"},
    {"square", "feet", " square feet"},
    {"square", "miles", " square miles"},
    {"cubic", "meters", " cubic meters"},
    {"cubic", "feet", " cubic feet"},
    {"degrees", "celsius", "°C"},
    {"degree", "celsius", "°C"},
    {"degrees", "centigrade", "°C"},
    {"degrees", "fahrenheit", "°F"},
    {"degree", "fahrenheit", "°F"},
    {"kilowatt", "hours", " kWh"},
    {"kilowatt", "hour", " kWh"},
    {"megawatt", "hours", " MWh"},
    {"watt", "hours", " Wh"},
    {"milliampere", "hours", " mAh"},
    {"milliamp", "hours", " mAh"},
    {"megabits", "per second", " Mbps"},
    {"gigabits", "per second", " Gbps"},
    {"megabytes", "per second", " MB/s"},
    {"frames", "per second", " fps"},
    {"beats", "per minute", " bpm"},
    {"meters", "per second", " m/s"},
    {"metres", "per second", " m/s"},
    {"per", "cent", "%"},
    {"percent", "", "%"},
    {"kilometers", "", " km"},
    {"kilometer", "", " km"},
    {"kilometres", "", " km"},
    {"kilometre", "", " km"},
    {"centimeters", "", " cm"},
    {"centimeter", "", " cm"},
    {"centimetres", "", " cm"},
    {"millimeters", "", " mm"},
    {"millimeter", "", " mm"},
    {"millimetres", "", " mm"},
    {"kilograms", "", " kg"},
    {"kilogram", "", " kg"},
    {"milligrams", "", " mg"},
    {"milligram", "", " mg"},
    {"milliliters", "", " ml"},
    {"milliliter", "", " ml"},
    {"millilitres", "", " ml"},
    {"kilobytes", "", " KB"},
    {"megabytes", "", " MB"},
    {"megabyte", "", " MB"},
    {"gigabytes", "", " GB"},
    {"gigabyte", "", " GB"},
    {"terabytes", "", " TB"},
    {"terabyte", "", " TB"},
    {"kilohertz", "", " kHz"},
    {"megahertz", "", " MHz"},
    {"gigahertz", "", " GHz"},
    {"hertz", "", " Hz"},
    {"kilowatts", "", " kW"},
    {"kilowatt", "", " kW"},
    {"megawatts", "", " MW"},
    {"decibels", "", " dB"},
    {"milliseconds", "", " ms"},
    {"degrees", "", ""},
    {"degree", "", ""},
    {"meters", "", ""},
    {"meter", "", ""},
    {"metres", "", ""},
    {"grams", "", ""},
    {"gram", "", ""},
    {"liters", "", ""},
    {"liter", "", ""},
    {"litres", "", ""},
    {"watts", "", ""},
    {"watt", "", ""},
    {"volts", "", ""},
    {"volt", "", ""},
    {"amps", "", ""},
    {"miles", "", ""},
    {"mile", "", ""},
    {"feet", "", ""},
    {"foot", "", ""},
    {"inches", "", ""},
    {"inch", "", ""},
    {"yards", "", ""},
    {"ounces", "", ""},
    {"ounce", "", ""},
    {"gallons", "", ""},
    {"gallon", "", ""},
    {"acres", "", ""},
    {"hectares", "", ""},
    {"kilos", "", ""},
    {"tons", "", ""},
    {"tonnes", "", ""},
    {"pixels", "", ""},
    {"megapixels", "", ""},
    {"calories", "", ""},
    {"tablespoons", "", ""},
    {"tablespoon", "", ""},
    {"teaspoons", "", ""},
    {"teaspoon", "", ""},
});

// Words of a measure at `index`; where it ends in `end`.
const Measure* measure_at(const SaidWords& said, std::size_t index, std::size_t& end) {
  const auto word = said[index];
  if (word.empty()) return nullptr;
  for (const Measure& row : kMeasures) {
    if (row.first != word) continue;
    std::size_t at = index + 1;
    std::string_view rest = row.second;
    while (!rest.empty()) {
      const auto space = std::min(rest.find(' '), rest.size());
      if (said[at] != rest.substr(0, space)) break;
      rest.remove_prefix(std::min(space + 1, rest.size()));
      ++at;
    }
    if (!rest.empty()) continue;
    end = at;
    return &row;
  }
  return nullptr;
}

std::optional<Amount> measure_amount(const SaidWords& said, const SaidNumber& number) {
  std::size_t end = 0;
  const Measure* measure = measure_at(said, number.end, end);
  if (measure == nullptr) return std::nullopt;
  // "one foot in the door", "one inch": only where it is counted.
  static constexpr auto kIdioms = word_set({"foot", "inch", "ounce", "degree"});
  if (number.value == 1 && number.is_small() && kIdioms.contains(measure->first) && measure->second.empty()) {
    return std::nullopt;
  }
  // "six foot two"
  const auto inches = measure->first == "foot" ? small_number_at(said, end) : std::nullopt;
  if (inches && !inches->ordinal && inches->value > 0 && inches->value < 12 &&
      !is_plural(said[inches->end])) {
    return Amount{"", " foot " + std::to_string(inches->value), number.written(), inches->end, false};
  }
  std::string behind(measure->written);
  if (behind.empty()) behind = ' ' + std::string(said[number.end]);
  return Amount{"", std::move(behind), number.written(), end, false};
}

// A number with its unit at `index`; the sign of "minus five degrees" is not part of it.
std::optional<Amount> amount_at(const SaidWords& said, std::size_t index) {
  if (auto price = price_at(said, index)) return price;
  const auto number = number_at(said, index);
  if (!number || number->ordinal) return std::nullopt;
  const bool half = number->article && said.before(index) == "half";  // "half a million dollars"
  if (half) return std::nullopt;
  if (auto money = money_at(said, index, *number)) return money;
  return measure_amount(said, *number);
}

bool is_link(std::string_view word) { return word == "to" || word == "or" || word == "and" || word == "by"; }

}  // namespace

std::optional<Writing> write_amount(const SaidWords& said, std::size_t index) {
  const bool minus = said[index] == "minus" || said[index] == "negative";
  const std::size_t at = index + (minus ? 1 : 0);
  if (const auto amount = amount_at(said, at))
    return Writing{(minus ? "-" : "") + amount->written(), amount->end};
  if (minus) return std::nullopt;
  // "five to ten dollars"
  const auto first = number_at(said, at);
  if (!first || first->ordinal || first->round || !is_link(said[first->end])) return std::nullopt;
  const bool by = said[first->end] == "by";
  if (said[first->end] == "and" && said.before(index) != "between") return std::nullopt;
  const auto second = amount_at(said, first->end + 1);
  if (!second || (by && second->money)) return std::nullopt;
  if (first->value == 1 && first->is_small() && !second->money && second->behind != "%") return std::nullopt;
  return Writing{second->before + first->written(), first->end};
}

std::optional<Writing> write_sum(const SaidWords& said, std::size_t index) {
  std::string text;
  std::size_t at = index;
  while (true) {
    const auto number = number_at(said, at);
    if (!number || number->ordinal || number->article) return std::nullopt;
    text += number->written();
    at = number->end;
    const auto word = said[at];
    const bool divided = (word == "divided" || word == "multiplied") && said[at + 1] == "by";
    const std::size_t operand = at + (divided ? 2 : 1);
    const std::string_view sign = word == "plus"                        ? " + "
                                  : word == "minus"                     ? " - "
                                  : word == "times"                     ? " × "
                                  : divided && word == "divided"        ? " ÷ "
                                  : divided                             ? " × "
                                  : word == "equals" && at != index + 1 ? " = "
                                                                        : "";
    const auto next = sign.empty() ? std::nullopt : number_at(said, operand);
    if (!next || next->ordinal || next->article) break;
    text += sign;
    at = operand;
  }
  if (text.find(' ') == std::string::npos || text.find_first_of("+-=") == std::string::npos) {
    if (text.find("×") == std::string::npos && text.find("÷") == std::string::npos) return std::nullopt;
  }
  // "is seven" closes a sum as "equals seven" does.
  const auto result = said[at] == "is" ? number_at(said, at + 1) : std::nullopt;
  if (result && !result->ordinal && said[result->end].empty()) {
    return Writing{text + " is " + result->written(), result->end};
  }
  return Writing{std::move(text), at};
}

std::optional<Writing> write_idiom(const SaidWords& said, std::size_t index) {
  const auto first = small_number_at(said, index);
  if (!first || first->ordinal) return std::nullopt;
  const auto second = small_number_at(said, first->end);
  if (!second || second->ordinal) return std::nullopt;
  const bool always = first->value == 24 && second->value == 7 && !is_plural(said[second->end]);
  const bool halves = first->value == 50 && second->value == 50;
  const bool sight = first->value == 20 && second->value == 20 && said[second->end] == "vision";
  if (!always && !halves && !sight) return std::nullopt;
  return Writing{std::to_string(first->value) + '/' + std::to_string(second->value), second->end};
}

std::optional<Writing> write_count(const SaidWords& said, std::size_t index) {
  const bool minus = said[index] == "minus" || said[index] == "negative";
  const auto number = number_at(said, index + (minus ? 1 : 0));
  if (!number) return std::nullopt;
  if (minus)
    return number->ordinal ? std::nullopt : std::optional(Writing{'-' + number->written(), number->end});
  if (number->ordinal) {
    // "a tenth of it", "one tenth": parts, not places.
    const auto before = said.before(index);
    const bool part = before == "one" || (before == "a" && said[number->end] == "of");
    if (number->value < 10 || part) return std::nullopt;
    return Writing{number->written(), number->end};
  }
  if (said[index] == "point" && is_link(said.before(index))) return std::nullopt;
  if (number->round) return std::nullopt;
  if (!number->is_small()) return Writing{number->written(), number->end};
  // Small ones beside large ones: "8 to 12 people", "10 or 9".
  const auto link = said[number->end];
  const bool range = link == "to" || link == "or" || (link == "and" && said.before(index) == "between");
  const auto next = range ? number_at(said, number->end + 1) : std::nullopt;
  if (next && !next->ordinal && !next->is_small() && !next->article && number->value > 0) {
    return Writing{number->written(), number->end};
  }
  return std::nullopt;
}

}  // namespace parley::text
