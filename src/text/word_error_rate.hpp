// SPDX-License-Identifier: Apache-2.0
// Word error rate, the measure of a recogniser: insertions, deletions and substitutions that turn what was
// heard into what was said, by the words that were said.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

// Words to compare: lower case, without punctuation, hyphens as gaps, apostrophes inside a word kept, and one
// form for what is written in several ways (mr and mister, mrs, missis and missus, dr and doctor, ok and
// okay).
std::vector<std::string> comparable_words(std::string_view text);

// The least number of words to insert, delete or replace.
std::size_t word_errors(const std::vector<std::string>& said, const std::vector<std::string>& heard);

// Sums over many recordings, so that long ones count by their words.
class WordErrorRate {
 public:
  void add(std::string_view said, std::string_view heard);

  std::size_t words() const { return words_; }
  std::size_t errors() const { return errors_; }
  double percent() const;  // 0 when no words were said

 private:
  std::size_t words_ = 0;
  std::size_t errors_ = 0;
};

}  // namespace parley::text
