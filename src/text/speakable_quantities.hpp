// SPDX-License-Identifier: Apache-2.0
// How numbers and what is counted with them are read. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <optional>

namespace parley::text {

// "25", "25 km/h", "5GB", "20%", "2-3", "-5", "10x", "3×4 m", "1 1/2", "3/4", "3rd", "1990s", "5'10\"".
std::optional<Reading> read_quantity(const FoldedTokens& tokens, std::size_t index);

}  // namespace parley::text
