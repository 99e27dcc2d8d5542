// SPDX-License-Identifier: Apache-2.0
// How acronyms and Roman numerals are read. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace parley::text {

// The numeral of "Henry VIII", "Chapter IV", "World War II".
std::optional<Reading> read_roman(const FoldedTokens& tokens, std::size_t index);

// "NASA" and "IMPORTANT" as words, "FBI" and "PDFs" as letters. Nothing for what is not in capitals.
std::optional<Reading> read_capitals(const FoldedTokens& tokens, std::size_t index);

// The same for a part of a name ("HTTP" of "HTTPServer"), which has no neighbours.
std::string capitals_in_words(std::string_view letters);

// "P D F".
std::string letters_apart(std::string_view letters);

}  // namespace parley::text
