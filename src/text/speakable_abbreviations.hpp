// SPDX-License-Identifier: Apache-2.0
// How abbreviations are read. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <optional>

namespace parley::text {

// "Dr.", "St.", "e.g.", "approx.", "No. 5", "p. 12", "Boston, MA".
std::optional<Reading> read_abbreviation(const FoldedTokens& tokens, std::size_t index);

}  // namespace parley::text
