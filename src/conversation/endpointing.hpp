// SPDX-License-Identifier: Apache-2.0
// How finished do the words so far sound? The longer they may go on, the more silence ends the turn.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace parley::conversation {

enum class Completeness : std::uint8_t {
  kIncomplete,  // a statement, or a word or two: people pause inside these for a second and more
  kUnsure,    // a question that may go on or is about something else, or words about what the documents cover
  kComplete,  // a question about what the documents cover
  kSure,      // such a question, with all its parts and heard well
};

// How far the user's documents cover what has been said.
struct Support {
  double share = 0;  // 0..1: of the weight of the content words, what the best passage holds
  int words = 0;     // content words it holds
  int asked = 0;     // content words that were said
  int unknown = 0;   // of these, how many stand in no document at all
};

// How sure the recogniser is of words, 0 to 1.
struct Certainty {
  double mean = 1;
  double last = 1;  // of the last word
  // How likely the last word, as it was heard or as it may have been instead, is one after which more comes:
  double open = 0;     // is_never_last()
  double hanging = 0;  // is_preposition()

  bool operator==(const Certainty&) const = default;
};

// Words after which no clause ends ("my", "and"), and those after which one seldom does: a question that
// began with what they belong to ("which bike is it good for").
bool is_never_last(std::string_view word);
bool is_preposition(std::string_view word);

// Judges a partial transcript: words as recognised, without case or punctuation. Someone who talks of what
// the documents cover has probably asked about it, even when the question word was mis-heard; someone whose
// words mostly stand in no document talks of something else, and of that nobody knows where it ends.
// `certainty` is there once the words have settled; what may still change is incomplete.
Completeness judge(std::string_view words, const Support& support, const std::optional<Certainty>& certainty);

}  // namespace parley::conversation
