// SPDX-License-Identifier: Apache-2.0
// The words with the fewest errors to be expected, where the best path has the best chance of having none:
// the edit distance to all paths of one or several word graphs, weighed by their posteriors, after Xu, Povey,
// Mangu and Zhu, "Minimum Bayes Risk decoding and system combination based on a recursion for edit distance"
// (2011).
#pragma once

#include "speech/asr/models/word_lattice.hpp"

#include <span>
#include <utility>
#include <vector>

namespace parley::speech {

// A word in its place: how likely it is there, and what else is, likeliest first. Places with most of their
// weight on no word at all are not given.
struct LikelyWord {
  int word = kNoWord;
  double posterior = 0;
  int first = 0;  // frames, to before `end`, on the likeliest path through the word
  int end = 0;
  std::vector<std::pair<int, double>> others;
};

// The graphs are of the same audio and count alike; those without states are left out.
std::vector<LikelyWord> least_risk(std::span<const WordGraph> graphs);

}  // namespace parley::speech
