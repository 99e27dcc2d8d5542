// SPDX-License-Identifier: Apache-2.0
// Money, percentages, measures, sums, counts and ordinals as they are written. Part of written_text().
#pragma once

#include "text/written_words.hpp"

#include <optional>

namespace parley::text {

// "five dollars and ten cents": "$5.10"; "five percent": "5%"; "two kilometers": "2 km". A first number
// without a unit takes the form of the second: "five to ten percent" is "5 to 10%".
std::optional<Writing> write_amount(const SaidWords& said, std::size_t index);

// "two plus two equals four": "2 + 2 = 4".
std::optional<Writing> write_sum(const SaidWords& said, std::size_t index);

// "twenty four seven": "24/7"; "fifty fifty", "twenty twenty vision".
std::optional<Writing> write_idiom(const SaidWords& said, std::size_t index);

// Numbers of ten and more, decimals, "minus five"; ordinals from the tenth. Smaller ones stay words, but for
// ranges: "8 to 12 people".
std::optional<Writing> write_count(const SaidWords& said, std::size_t index);

}  // namespace parley::text
