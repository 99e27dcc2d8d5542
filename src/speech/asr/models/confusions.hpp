// SPDX-License-Identifier: Apache-2.0
// Which words compete for the same place in the audio: the lattice of an utterance, read word by word along
// its best path. The posterior of a word is that of all its occurrences that share a frame, after Wessel,
// Schlüter, Macherey and Ney, "Confidence measures for large vocabulary continuous speech recognition"
// (2001).
#pragma once

#include "speech/types.hpp"

#include <span>
#include <string>
#include <vector>

namespace parley::speech {

// A word somewhere in a lattice, from its first frame to before its end (100 a second).
struct Occurrence {
  std::string text;
  int first = 0;
  int end = 0;
  double posterior = 0;
};

// For each of `path`, the best path in order of time: the words of `lattice` that compete with it, likeliest
// first, at most kMostAlternatives. An occurrence competes with the word that it shares most frames with.
// Words on the path are expected in the lattice too; their own posteriors come out in `own`.
struct Confusion {
  double own = 0;
  std::vector<Alternative> others;
};
std::vector<Confusion> confusions(std::span<const Occurrence> path, std::span<const Occurrence> lattice);

// How often a word of such a posterior is right: the search leaves out most of what else it could have been,
// so that posteriors near 0 and 1 are too sure. A logistic fit to 1,589 words of read English; on speakers
// left out of the fit the mean error is 0.03 (0.13 for the posteriors themselves). Monotone.
double confidence_of(double posterior);

// The same of words that compete with one of `confidence`: they share what it leaves.
void share_doubt(double own, double confidence, std::vector<Alternative>& others);

}  // namespace parley::speech
