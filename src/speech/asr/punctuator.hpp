// SPDX-License-Identifier: Apache-2.0
// Marks and capitals for engines that give bare words, by a network that has read more than the rules of
// readable_text().
#pragma once

#include "runtime/result.hpp"
#include "speech/types.hpp"

#include <string>
#include <string_view>

namespace parley::speech {

// Thread-safe.
class Punctuator {
 public:
  virtual ~Punctuator() = default;

  // The words with marks behind them, and with capitals where the network knows them: "who is it i am ready"
  // becomes "Who is it? I am ready." Marks may be Chinese ones. Milliseconds, on the thread that calls.
  // ASR_FAILED when the network fails, BAD_REQUEST for a text that is too long for it.
  virtual runtime::Result<std::string> punctuate(std::string_view words) const = 0;
  // False once it cannot punctuate any more, and must be loaded anew.
  virtual bool alive() const { return true; }
};

// Lets a network put marks and capitals where rules did. In English ("en") that is where the text is what
// rules make of the words; their numbers, times and amounts stay, and where the network leaves the end open,
// so does their last mark. In other languages it is where a text has no marks at all. Nothing happens where
// the network fails, or says other words than it was given.
void punctuate(Transcript& transcript, const Punctuator& punctuator, std::string_view language);

// A written sentence as a punctuator gets it: no marks, no capitals.
std::string without_marks(std::string_view sentence);

// The share of the marks of `sentence` that stand in the same places in `marked`, which has its words: 0
// to 1.
double marks_right(std::string_view sentence, std::string_view marked);

}  // namespace parley::speech
