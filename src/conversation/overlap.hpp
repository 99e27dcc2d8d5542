// SPDX-License-Identifier: Apache-2.0
// What someone means who speaks while an answer plays: to take the turn, or only to show that they follow.
#pragma once

#include "speech/types.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace parley::conversation {

enum class OverlapKind : std::uint8_t {
  kNothing,       // no words: noise, a cough, or the first syllable
  kBackchannel,   // words that leave the turn to the other: "mm-hmm", "right, I see"
  kUnsure,        // a word or two that may be mis-heard
  kInterruption,  // words that want the turn: "wait", "no", a question, several words of a sentence
};

// Judges a partial transcript: English words as recognised, without case or punctuation. `confidence` of the
// recogniser in them, 0 to 1; a half when it does not tell. `fits` how well their sound fits
// overlap_phrases(), as Transcript::fits tells; empty when it does not.
OverlapKind judge_overlap(std::string_view words, std::optional<double> confidence,
                          std::span<const double> fits = {});

// What listeners say in a word or two: what asks for the turn, and what leaves it to the other.
const std::shared_ptr<const speech::PhraseGroups>& overlap_phrases();

}  // namespace parley::conversation
