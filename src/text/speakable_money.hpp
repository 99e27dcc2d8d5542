// SPDX-License-Identifier: Apache-2.0
// How money is read. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <optional>

namespace parley::text {

// "$5", "5$", "$5 million", "5 EUR", "EUR 5", "$5/month", "$5-10".
std::optional<Reading> read_money(const FoldedTokens& tokens, std::size_t index);

}  // namespace parley::text
