// SPDX-License-Identifier: Apache-2.0
// Where words lie in audio when it is known what was said: PocketSphinx finds the best path through exactly
// these words.
#pragma once

#include "speech/types.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace parley::bench {

class Alignment {
 public:
  Alignment();
  ~Alignment();
  Alignment(const Alignment&) = delete;
  Alignment& operator=(const Alignment&) = delete;

  // The words in 16 kHz mono audio that says just these (lower case), with their times to 10 ms. Empty when
  // they cannot be found in it, or the dictionary lacks one.
  std::vector<speech::Word> align(const std::vector<std::string>& words,
                                  std::span<const std::int16_t> samples) const;

 private:
  struct Decoder;
  Decoder* decoder_;
};

}  // namespace parley::bench
