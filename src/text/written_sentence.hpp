// SPDX-License-Identifier: Apache-2.0
// What kind of sentence words make, heard by their form. Part of written_text().
#pragma once

#include "text/written_words.hpp"

#include <cstddef>

namespace parley::text {

// "where is it", "can you come", "and what about the rest", "it's late isn't it".
bool is_question(const SaidWords& said);

// Whether a comma belongs behind the word at `index`: "yes i do", "just a second please", "it's late isn't
// it".
bool wants_comma(const SaidWords& said, std::size_t index);

}  // namespace parley::text
