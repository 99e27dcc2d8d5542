// SPDX-License-Identifier: Apache-2.0
// Whether a sentence holds the kind of thing that a question wants.
#pragma once

#include "language/models/question.hpp"
#include "text/words.hpp"

#include <span>
#include <string_view>

namespace parley::language {

// 1 when it does, 0 when that cannot be told for this kind, -1 when it surely does not. `tokens` are the
// sentence's canonical tokens.
double kind_fit(const Question& question, std::string_view sentence, std::span<const text::Token> tokens);

}  // namespace parley::language
