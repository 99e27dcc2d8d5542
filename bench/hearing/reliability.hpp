// SPDX-License-Identifier: Apache-2.0
// Whether a word that is heard with a confidence of 0.7 is right seven times in ten.
#pragma once

#include "speech/types.hpp"

#include <string>
#include <vector>

namespace parley::hearing {

struct Judged {
  double confidence = 0;
  bool right = false;
  bool replaced = false;  // another word was said in its place
  bool offered = false;   // that one is among its alternatives
};

// Each word heard, with whether it was said: after the alignment with the fewest errors.
std::vector<Judged> judge(const std::string& said, const std::vector<speech::Word>& heard);

// Mean distance of confidence from how often it was right, over ten bins, weighted by their size.
double calibration_error(const std::vector<Judged>& words);
// The share of pairs of a right and a wrong word in which the right one is the more confident.
double discrimination(const std::vector<Judged>& words);
// Of the words heard in place of others, the share in percent whose alternatives hold the one that was said.
double offered_percent(const std::vector<Judged>& words);
// To stderr: how often each tenth of the scale was right.
void print_reliability(const std::vector<Judged>& words);

}  // namespace parley::hearing
