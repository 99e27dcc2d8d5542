// SPDX-License-Identifier: Apache-2.0
// About how many tokens of a language model a text is. Nobody here knows the model's own tokens.
#pragma once

#include "language/types.hpp"

#include <cstdint>
#include <string_view>

namespace parley::language {

// A word of ASCII letters or digits is one token for each four begun, any other character one. For English
// that is some 10 to 30 % more than the usual vocabularies need, for other alphabets up to twice as many:
// what is said to fit does fit.
std::int64_t estimated_tokens(std::string_view text);

// With its calls, and what surrounds a message on its way to a model.
std::int64_t estimated_tokens(const Message& message);

}  // namespace parley::language
