// SPDX-License-Identifier: Apache-2.0
// What a search has considered, and the paths through it: each with the language model's whole memory.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace parley::speech {

// Stands for a node without a word (silence, breath) and for a history that is not known.
inline constexpr int kNoWord = -1;

// Words from frame to frame (100 a second) and how well the audio fits each. Links lead to later frames;
// every node lies on a path from the first, where the sentence begins, to the last, where it ends.
struct WordLattice {
  struct Link {
    std::size_t to;
    double acoustic;  // logarithm of the likelihood of the word of the node that it leaves
  };
  struct Node {
    int word;
    int first;  // frame
    std::vector<Link> exits;
  };
  std::vector<Node> nodes;
};

// Logarithm of how likely a word is after two others, as the search weighs it.
using LanguageScore = std::function<double(int word, int before, int before_that)>;

struct LatticeWeights {
  double language = 1;  // on top of how the search weighs it
  double scale = 1;     // of the whole: less makes the paths more alike
};

// The lattice unfolded, so that what enters a state has said the same two words before. Links that hardly any
// path takes are left out.
struct WordGraph {
  struct Arc {
    std::size_t from;
    int word;       // that begins where the arc ends; kNoWord for none
    double weight;  // logarithm
  };
  // State by state in order of time: arcs[entries[s]] to before arcs[entries[s + 1]] enter state s. Paths go
  // from state 0 to the last.
  std::vector<std::size_t> entries;
  std::vector<Arc> arcs;
  std::vector<int> frames;  // where each state is

  std::size_t states() const { return frames.size(); }
  std::span<const Arc> into(std::size_t state) const {
    return std::span(arcs).subspan(entries[state], entries[state + 1] - entries[state]);
  }
};

// `start` and `end` are the words that open and close a sentence. Without states when there is no path.
WordGraph unfold(const WordLattice& lattice, const LanguageScore& language, const LatticeWeights& weights,
                 int start, int end);

}  // namespace parley::speech
