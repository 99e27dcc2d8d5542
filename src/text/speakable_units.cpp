// SPDX-License-Identifier: Apache-2.0
#include "text/speakable_units.hpp"

#include <algorithm>
#include <array>

namespace parley::text {
namespace {

// Bytes above 0x7F are those of namespace symbol: 83 degree, 84 squared, 85 cubed, 8B micro.
constexpr auto kUnits = std::to_array<Unit>({
    {"km/h", "kilometer per hour", "kilometers per hour"},
    {"kph", "kilometer per hour", "kilometers per hour"},
    {"kmh", "kilometer per hour", "kilometers per hour"},
    {"km", "kilometer", "kilometers"},
    {"m", "meter", "meters"},
    {"cm", "centimeter", "centimeters"},
    {"mm", "millimeter", "millimeters"},
    {"\x8Bm", "micrometer", "micrometers"},
    {"nm", "nanometer", "nanometers"},
    {"m/s", "meter per second", "meters per second"},
    {"m/s\x84", "meter per second squared", "meters per second squared"},
    {"cm\x84", "square centimeter", "square centimeters"},
    {"m\x84", "square meter", "square meters"},
    {"m2", "square meter", "square meters"},
    {"sqm", "square meter", "square meters"},
    {"km\x84", "square kilometer", "square kilometers"},
    {"km2", "square kilometer", "square kilometers"},
    {"ft\x84", "square foot", "square feet"},
    {"cm\x85", "cubic centimeter", "cubic centimeters"},
    {"m\x85", "cubic meter", "cubic meters"},
    {"m3", "cubic meter", "cubic meters"},
    {"ha", "hectare", "hectares"},
    {"kg", "kilogram", "kilograms"},
    {"g", "gram", "grams"},
    {"mg", "milligram", "milligrams"},
    {"\x8Bg", "microgram", "micrograms"},
    {"mcg", "microgram", "micrograms"},
    {"lb", "pound", "pounds"},
    {"lbs", "pound", "pounds"},
    {"oz", "ounce", "ounces"},
    {"ft", "foot", "feet"},
    {"yd", "yard", "yards"},
    {"yds", "yard", "yards"},
    {"mi", "mile", "miles"},
    {"mph", "mile per hour", "miles per hour"},
    {"mpg", "mile per gallon", "miles per gallon"},
    {"l", "liter", "liters"},
    {"L", "liter", "liters"},
    {"ml", "milliliter", "milliliters"},
    {"mL", "milliliter", "milliliters"},
    {"cl", "centiliter", "centiliters"},
    {"dl", "deciliter", "deciliters"},
    {"gal", "gallon", "gallons"},
    {"pt", "pint", "pints"},
    {"qt", "quart", "quarts"},
    {"tbsp", "tablespoon", "tablespoons"},
    {"tsp", "teaspoon", "teaspoons"},
    {"bar", "bar", "bar"},
    {"psi", "P S I", "P S I"},
    {"Pa", "pascal", "pascals"},
    {"mmHg", "millimeter of mercury", "millimeters of mercury"},
    {"hPa", "hectopascal", "hectopascals"},
    {"kPa", "kilopascal", "kilopascals"},
    {"Nm", "newton meter", "newton meters"},
    {"N", "newton", "newtons"},
    {"J", "joule", "joules"},
    {"kJ", "kilojoule", "kilojoules"},
    {"kcal", "kilocalorie", "kilocalories"},
    {"cal", "calorie", "calories"},
    {"W", "watt", "watts"},
    {"kW", "kilowatt", "kilowatts"},
    {"MW", "megawatt", "megawatts"},
    {"GW", "gigawatt", "gigawatts"},
    {"Wh", "watt hour", "watt hours"},
    {"kWh", "kilowatt hour", "kilowatt hours"},
    {"MWh", "megawatt hour", "megawatt hours"},
    {"hp", "horsepower", "horsepower"},
    {"V", "volt", "volts"},
    {"mV", "millivolt", "millivolts"},
    {"kV", "kilovolt", "kilovolts"},
    {"A", "ampere", "amperes"},
    {"mA", "milliampere", "milliamperes"},
    {"Ah", "ampere hour", "ampere hours"},
    {"mAh", "milliampere hour", "milliampere hours"},
    {"Hz", "hertz", "hertz"},
    {"kHz", "kilohertz", "kilohertz"},
    {"MHz", "megahertz", "megahertz"},
    {"GHz", "gigahertz", "gigahertz"},
    {"B", "byte", "bytes"},
    {"kB", "kilobyte", "kilobytes"},
    {"KB", "kilobyte", "kilobytes"},
    {"MB", "megabyte", "megabytes"},
    {"GB", "gigabyte", "gigabytes"},
    {"TB", "terabyte", "terabytes"},
    {"PB", "petabyte", "petabytes"},
    {"KiB", "kibibyte", "kibibytes"},
    {"MiB", "mebibyte", "mebibytes"},
    {"GiB", "gibibyte", "gibibytes"},
    {"MB/s", "megabyte per second", "megabytes per second"},
    {"GB/s", "gigabyte per second", "gigabytes per second"},
    {"kbps", "kilobit per second", "kilobits per second"},
    {"kbit/s", "kilobit per second", "kilobits per second"},
    {"Mbps", "megabit per second", "megabits per second"},
    {"Mbit/s", "megabit per second", "megabits per second"},
    {"Gbps", "gigabit per second", "gigabits per second"},
    {"Gbit/s", "gigabit per second", "gigabits per second"},
    {"px", "pixel", "pixels"},
    {"MP", "megapixel", "megapixels"},
    {"dpi", "D P I", "D P I"},
    {"pts", "point", "points"},
    {"fps", "frame per second", "frames per second"},
    {"bpm", "beat per minute", "beats per minute"},
    {"rpm", "revolution per minute", "revolutions per minute"},
    {"ns", "nanosecond", "nanoseconds"},
    {"\x8Bs", "microsecond", "microseconds"},
    {"ms", "millisecond", "milliseconds"},
    {"s", "second", "seconds"},
    {"sec", "second", "seconds"},
    {"secs", "second", "seconds"},
    {"min", "minute", "minutes"},
    {"mins", "minute", "minutes"},
    {"h", "hour", "hours"},
    {"hr", "hour", "hours"},
    {"hrs", "hour", "hours"},
    {"wk", "week", "weeks"},
    {"wks", "week", "weeks"},
    {"mo", "month", "months"},
    {"yr", "year", "years"},
    {"yrs", "year", "years"},
    {"dB", "decibel", "decibels"},
    {"\x83", "degree", "degrees"},
    {"\x83"
     "C",
     "degree Celsius", "degrees Celsius"},
    {"\x83"
     "F",
     "degree Fahrenheit", "degrees Fahrenheit"},
    {"%", "percent", "percent"},
    {"\x91", "per mille", "per mille"},
    {"\x92", "cent", "cents"},
});

constexpr auto kCurrencies = std::to_array<Currency>({
    {"USD", "US$", "U S dollar", "U S dollars", "cent", "cents"},
    {"AUD", "A$", "Australian dollar", "Australian dollars", "cent", "cents"},
    {"AUD", "AU$", "Australian dollar", "Australian dollars", "cent", "cents"},
    {"CAD", "C$", "Canadian dollar", "Canadian dollars", "cent", "cents"},
    {"CAD", "CA$", "Canadian dollar", "Canadian dollars", "cent", "cents"},
    {"NZD", "NZ$", "New Zealand dollar", "New Zealand dollars", "cent", "cents"},
    {"HKD", "HK$", "Hong Kong dollar", "Hong Kong dollars", "cent", "cents"},
    {"SGD", "S$", "Singapore dollar", "Singapore dollars", "cent", "cents"},
    {"BRL", "R$", "real", "reais", "centavo", "centavos"},
    {"", "$", "dollar", "dollars", "cent", "cents"},
    {"EUR", "\x80", "euro", "euros", "cent", "cents"},
    {"GBP", "\x81", "pound", "pounds", "penny", "pence"},
    {"JPY", "\x82", "yen", "yen", "", ""},
    {"INR", "\x93", "rupee", "rupees", "paisa", "paise"},
    {"KRW", "\x94", "won", "won", "", ""},
    {"BTC", "\x95", "bitcoin", "bitcoins", "", ""},
    {"RUB", "\x96", "ruble", "rubles", "kopeck", "kopecks"},
    {"UAH", "\x97", "hryvnia", "hryvnias", "", ""},
    {"TRY", "\x98", "lira", "liras", "", ""},
    {"ILS", "\x99", "shekel", "shekels", "", ""},
    {"CHF", "", "Swiss franc", "Swiss francs", "centime", "centimes"},
    {"CNY", "", "yuan", "yuan", "", ""},
    {"SEK", "", "Swedish krona", "Swedish kronor", "ore", "ore"},
    {"NOK", "", "Norwegian krone", "Norwegian kroner", "ore", "ore"},
    {"DKK", "", "Danish krone", "Danish kroner", "ore", "ore"},
    {"", "kr", "krona", "kronor", "ore", "ore"},
    {"PLN", "", "zloty", "zlotys", "grosz", "groszy"},
    {"CZK", "", "Czech koruna", "Czech korunas", "", ""},
    {"HUF", "", "forint", "forints", "", ""},
    {"MXN", "", "Mexican peso", "Mexican pesos", "centavo", "centavos"},
    {"ZAR", "", "rand", "rand", "cent", "cents"},
    {"AED", "", "dirham", "dirhams", "fils", "fils"},
});

}  // namespace

const Unit* find_unit(std::string_view written) {
  const auto* found = std::ranges::find(kUnits, written, &Unit::written);
  return found == kUnits.end() ? nullptr : found;
}

std::string unit_in_words(std::string_view written, bool one) {
  const auto name = [&](const Unit& unit) { return std::string(one ? unit.one : unit.many); };
  if (const Unit* unit = find_unit(written)) return name(*unit);
  const auto slash = written.find('/');
  if (slash == std::string_view::npos) return {};
  const Unit* above = find_unit(written.substr(0, slash));
  const Unit* below = find_unit(written.substr(slash + 1));
  if (above == nullptr || below == nullptr) return {};
  return name(*above) + " per " + std::string(below->one);
}

const Currency* find_currency(std::string_view code) {
  if (code.size() != 3) return nullptr;
  const auto* found = std::ranges::find(kCurrencies, code, &Currency::code);
  return found == kCurrencies.end() ? nullptr : found;
}

const Currency* currency_sign_at(std::string_view text) {
  const auto* found = std::ranges::find_if(
      kCurrencies, [&](const Currency& row) { return !row.sign.empty() && text.starts_with(row.sign); });
  return found == kCurrencies.end() ? nullptr : found;
}

std::string_view magnitude(std::string_view written) {
  if (written == "k" || written == "K" || written == "thousand") return "thousand";
  if (written == "m" || written == "M" || written == "mn" || written == "mln" || written == "million")
    return "million";
  if (written == "b" || written == "B" || written == "bn" || written == "billion") return "billion";
  if (written == "tn" || written == "T" || written == "trillion") return "trillion";
  return "";
}

}  // namespace parley::text
