// SPDX-License-Identifier: Apache-2.0
// Finds the sentences of the passages that answer a question, or that none does. Pure and deterministic; it
// only ever quotes, so that nothing written in a document can make it do anything.
#pragma once

#include "language/types.hpp"

#include <string>
#include <vector>

namespace parley::language {

struct FoundAnswer {
  bool found = false;
  std::string text;                 // speakable, at most request.max_words words
  std::vector<Citation> citations;  // the sentences it is made of, in the order spoken
  double confidence = 0;            // 0 to 1; found means that it reached the threshold
  // What the confidence was made from, for calibration.
  struct Evidence {
    double coverage = 0;  // share of the question's weight that the sentence and its heading hold
    double unknown = 0;   // share of the weight that no passage can explain
    double matched = 0;   // weight matched, in units of one rare word
    double kind = 0;      // 1 the sentence holds what the question wants, 0 cannot tell, -1 it does not
    double missing =
        0;            // the heaviest word of the question that the sentence lacks, in units of one rare word
    double near = 0;  // share of neighbouring words of the question that stand together in the sentence
  } evidence;
};

FoundAnswer find_answer(const ChatRequest& request);

}  // namespace parley::language
