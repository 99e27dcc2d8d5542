// SPDX-License-Identifier: Apache-2.0
// Cuts a sentence into clauses to be synthesised one after the other, so that the first sound does not wait
// for the analysis of the whole.
#pragma once

#include "text/speakable.hpp"

#include <chrono>
#include <cstddef>
#include <vector>

namespace parley::speech {

// Words [first, end) of a speakable text.
struct Clause {
  std::size_t first = 0;
  std::size_t end = 0;
  std::chrono::milliseconds pause{};  // silence after it, as its punctuation asks for

  bool operator==(const Clause&) const = default;
};

// All words, in order, none twice. The first clause is short (about 60 characters, 90 at most where nothing
// divides it), the others longer (150). Cuts are made at punctuation, else before a word that begins a new
// phrase ("and", "which"), else between any two words, and then without a pause.
std::vector<Clause> split_clauses(const text::Speakable& speakable);

}  // namespace parley::speech
