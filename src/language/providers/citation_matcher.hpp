// SPDX-License-Identifier: Apache-2.0
// Which sentence of a passage a said sentence rests on.
#pragma once

#include "language/types.hpp"

#include <optional>
#include <string_view>

namespace parley::language {

// The passage's sentence that shares most words with `said`; the first of equals. Nothing when the passage
// has no sentence, or none shares a word.
std::optional<Citation> cite(const Passage& passage, std::string_view said);

}  // namespace parley::language
