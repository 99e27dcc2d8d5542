// SPDX-License-Identifier: Apache-2.0
// How finished do the words so far sound? The longer the words may go on, the more silence ends the turn.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::conversation {

enum class Completeness : std::uint8_t {
  kIncomplete,  // the last word wants another: "and", "the", "of my"
  kUnsure,      // may go on
  kComplete,    // a question or request that can be answered as it stands
};

// Judges a partial transcript: words as recognised, without case or punctuation. `answerable` is the share
// (0..1) of the weight of its content words that the best passage of the user's documents holds: someone who
// asks about what the documents cover has probably finished asking.
Completeness judge(std::string_view words, double answerable);

}  // namespace parley::conversation
