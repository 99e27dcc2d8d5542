// SPDX-License-Identifier: Apache-2.0
// The words of a collection by how they sound, to find the one behind what a recogniser heard in its place.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::knowledge {

// Immutable once built, and thread-safe. Words are compared by their sounds (text/sound.hpp), but only with
// those whose consonants differ in at most one or two places: these are looked up, so that asking costs some
// ten microseconds and at most half a millisecond, however many words there are. About 200 bytes a word.
class SoundIndex {
 public:
  // `words` are folded; each counts once. Those with anything but letters a to z and apostrophes, and those
  // of fewer than three letters, are left out.
  explicit SoundIndex(std::vector<std::string> words);

  struct Alike {
    std::string word;
    double likeness = 0;  // 0 to 1
  };
  // At most `most` words that are at least so like these sounds, likest first.
  std::vector<Alike> find(std::string_view sounds, double least, std::size_t most) const;

  bool holds(std::string_view word) const;
  std::size_t size() const { return words_.size(); }

 private:
  struct Word {
    std::string text;
    std::string sounds;
  };

  std::vector<Word> words_;                                      // by text
  std::vector<std::pair<std::uint64_t, std::uint32_t>> places_;  // hash of a trace to its word, sorted
};

}  // namespace parley::knowledge
