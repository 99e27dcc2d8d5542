// SPDX-License-Identifier: Apache-2.0
// Takes the silence off both ends of a synthesised clause, so that the first sound comes at once and clauses
// join with the pause that their punctuation asks for.
#pragma once

#include "audio/pcm.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace parley::speech {

// Where the engine says that speech lies in what it is about to make, in samples.
struct SpeechBounds {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

// For 16 kHz mono. The first sample that is heard comes at most 30 ms after the start of the output; what
// follows the end of speech fades out, and digital silence makes up the pause.
class ClauseTrimmer {
 public:
  ClauseTrimmer(SpeechBounds bounds, std::int64_t pause);

  // Takes the next samples of the engine and appends what is to be played.
  void push(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out);
  // True when the engine need not go on: the rest would be cut off.
  bool complete() const { return taken_ >= cut_; }
  // Appends the pause. Call it once, at the end of the clause.
  void finish(std::vector<std::int16_t>& out);

  // Where sample `position` of the engine lies in the output. Positions that were cut off map to its ends.
  std::int64_t output_position(std::int64_t position) const;

 private:
  void play(std::span<const std::int16_t> samples, std::vector<std::int16_t>& out);

  const SpeechBounds bounds_;
  const std::int64_t pause_;
  const std::int64_t cut_;  // what the engine makes from here on is dropped
  std::int64_t taken_ = 0;  // samples taken from the engine
  std::int64_t lead_ = 0;   // samples dropped in front
  std::int64_t played_ = 0;
  bool started_ = false;
  std::vector<std::int16_t> before_;  // the last samples before speech was heard
};

}  // namespace parley::speech
