// SPDX-License-Identifier: Apache-2.0
// How amounts are read: numbers with units, money, ranges. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace parley::text {

// "$5", "5$", "$5 million", "5 EUR", "EUR 5", "$5/month".
std::optional<Reading> read_money(const std::vector<FoldedToken>& tokens, std::size_t index);

// "25 km/h", "5GB", "20%", "2-3", "-5", "10x", "3×4 m".
std::optional<Reading> read_quantity(const std::vector<FoldedToken>& tokens, std::size_t index);

// The next token, if it may be taken together with tokens[index]: nothing stands between them.
const FoldedToken* following(const std::vector<FoldedToken>& tokens, std::size_t index);

// "euros"; empty for what is no currency sign.
std::string_view currency_name(char sign);

// Whether the byte stands for a fraction such as one half.
bool is_fraction(char c);

}  // namespace parley::text
