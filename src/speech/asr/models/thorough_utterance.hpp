// SPDX-License-Identifier: Apache-2.0
// Speech that nobody waits for, heard as well as the embedded engine can: all of it with its own mean, as
// three voices of different length of the vocal tract would have said it, and what all three searches have
// considered weighed against each other.
#pragma once

#include "speech/asr/models/sphinx_decoder.hpp"
#include "speech/types.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace parley::speech {

// One thread at a time. Uses the decoder alone; may be destroyed at any point of a search, at no cost.
class ThoroughUtterance {
 public:
  explicit ThoroughUtterance(SphinxDecoder& decoder) : decoder_(decoder) {}
  ThoroughUtterance(const ThoroughUtterance&) = delete;
  ThoroughUtterance& operator=(const ThoroughUtterance&) = delete;

  // Takes samples (16 kHz mono): cheap.
  void accept(std::span<const std::int16_t> samples);

  // Hears what is there once it is half a minute, the most that is heard at a time. Takes about as long as
  // the speech itself. True while there is more.
  bool advance();

  // No more samples: hears the rest and gives the transcript.
  Transcript finish();

 private:
  void hear(std::size_t count);

  SphinxDecoder& decoder_;
  std::vector<std::int16_t> samples_;
  std::int64_t heard_ = 0;  // samples before these
  std::vector<Word> words_;
};

}  // namespace parley::speech
