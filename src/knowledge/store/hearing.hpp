// SPDX-License-Identifier: Apache-2.0
// What may have been said where a recogniser heard something else: guesses from what it weighed itself, and
// from how the words of the documents sound.
#pragma once

#include "knowledge/sound_index.hpp"
#include "knowledge/types.hpp"
#include "text/words.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::knowledge {

// A word of the documents that may have been said instead of some neighbouring tokens of a query.
struct Guess {
  std::size_t first = 0;  // tokens [first, end)
  std::size_t end = 0;
  std::string word;
  double likelihood = 0;  // 0 to 1

  bool operator==(const Guess&) const = default;
};

// `tokens` are those of the query's text. `is_known` tells of a folded word whether the documents hold it, or
// one of like meaning. Looks at most 40 times into `words` and gives at most four guesses for one place:
//   - a word that the recogniser weighed, when the documents hold it;
//   - for an unknown word, words of like sound ("paladin": "Pelican"), or the two it is made of;
//   - for two or three neighbours, one word that sounds like them together ("wire and he": "warranty"), when
//     one of them is unknown or nothing but their border differs ("hand book": "handbook").
std::vector<Guess> guess_words(std::span<const text::Token> tokens,
                               std::span<const HeardAlternative> alternatives, const SoundIndex& words,
                               const std::function<bool(std::string_view)>& is_known);

}  // namespace parley::knowledge
