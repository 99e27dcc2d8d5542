// SPDX-License-Identifier: Apache-2.0
// How finished do the words so far sound? The longer they may go on, the more silence ends the turn.
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::conversation {

enum class Completeness : std::uint8_t {
  kIncomplete,  // a statement, or a word or two: people pause inside these for a second and more
  kUnsure,      // a question that may go on, or words about what the documents cover
  kComplete,    // a question that the documents cover
};

// How far the user's documents cover what has been said.
struct Support {
  double share = 0;  // 0..1: of the weight of the content words, what the best passage holds
  int words = 0;     // content words it holds
};

// Judges a partial transcript: words as recognised, without case or punctuation. Someone who talks of what
// the documents cover has probably asked about it, even when the question word was mis-heard.
Completeness judge(std::string_view words, const Support& support);

}  // namespace parley::conversation
