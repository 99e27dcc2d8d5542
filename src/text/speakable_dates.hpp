// SPDX-License-Identifier: Apache-2.0
// How dates and times of day are read. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <optional>

namespace parley::text {

// "9:30", "9am-5pm", "2024-03-15", "15.03.2024", "3/15/2024" (month first, as far as both orders are
// possible), "March 15, 2024", "15 March", "Jan. 2", "Mon-Fri".
std::optional<Reading> read_moment(const FoldedTokens& tokens, std::size_t index);

}  // namespace parley::text
