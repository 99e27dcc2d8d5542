// SPDX-License-Identifier: Apache-2.0
// Units and currencies as they are written and as they are said. Part of speakable().
#pragma once

#include <string>
#include <string_view>

namespace parley::text {

struct Unit {
  std::string_view written;  // of folded text, see speakable_rules.hpp
  std::string_view one;
  std::string_view many;
};

// Nothing for what is no unit. Upper and lower case differ.
const Unit* find_unit(std::string_view written);

// "kilometers", and "kilometers per second" for "km/s": one or many of them. Empty for what is no unit.
std::string unit_in_words(std::string_view written, bool one);

struct Currency {
  std::string_view code;  // ISO 4217
  std::string_view sign;  // before or after the amount; may be empty
  std::string_view one;
  std::string_view many;
  std::string_view hundredth;   // "cent"; empty: the currency has no smaller coin in use
  std::string_view hundredths;  // "cents"
};

const Currency* find_currency(std::string_view code);

// The currency whose sign the text begins with; the longest sign wins ("US$" before "$").
const Currency* currency_sign_at(std::string_view text);

// "k", "m", "bn", "million": "thousand", "million", ... Empty for anything else.
std::string_view magnitude(std::string_view written);

}  // namespace parley::text
