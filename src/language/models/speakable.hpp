// SPDX-License-Identifier: Apache-2.0
// A written sentence as one can listen to it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::language {

// One line without Markdown marks and links, closed by a full stop, question or exclamation mark, its first
// letter a capital. A sentence of more than `max_words` loses, in this order and as far as needed: a leading
// connective ("However,"), parentheses, what follows the last clause that fits, and at worst its tail.
std::string speakable(std::string_view sentence, std::size_t max_words);

// Words separated by white space.
std::size_t word_count(std::string_view text);

}  // namespace parley::language
