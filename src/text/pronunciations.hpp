// SPDX-License-Identifier: Apache-2.0
// Words that a user wants to hear otherwise than voices read them.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace parley::text {

// Written words and what is spoken for them: "Siobhan" and "shi vawn", "nginx" and "engine x". Reading it is
// thread-safe.
class Pronunciations {
 public:
  static constexpr std::size_t kMost = 1000;          // entries
  static constexpr std::size_t kLongestWritten = 64;  // bytes, up to four words
  static constexpr std::size_t kLongestSpoken = 200;  // bytes

  // Rows "WRITTEN=SPOKEN". BAD_REQUEST naming the row that cannot be.
  static runtime::Result<Pronunciations> parse(const std::vector<std::string>& rows);

  // A later entry replaces an earlier one for the same words; upper and lower case are one. Accents count as
  // the plain letter. BAD_REQUEST for nothing, too much, or signs among what is spoken: it is letters,
  // spaces, apostrophes and hyphens.
  runtime::Result<> add(std::string_view written, std::string_view spoken);

  bool empty() const { return entries_.empty(); }

  // As parse() takes them, in the order of what is written, which is in small letters.
  std::vector<std::string> rows() const;

  struct Match {
    std::string_view spoken;
    std::size_t words = 0;  // how many of them it stands for
  };
  // The longest entry that the words begin with. `word(i)` is the i-th, empty behind the last.
  template <class Word>
  std::optional<Match> find(Word&& word) const {
    std::optional<Match> found;
    if (entries_.empty()) return found;
    std::string key;
    for (std::size_t i = 0; i < longest_; ++i) {
      const std::string_view next = word(i);
      if (next.empty()) break;
      if (i > 0) key += ' ';
      append_lower(key, next);
      const auto entry = entries_.find(key);
      if (entry != entries_.end()) found = Match{entry->second, i + 1};
    }
    return found;
  }

  // Those of `first`, and those of `second` for words that `first` does not have. Either may be null.
  static std::shared_ptr<const Pronunciations> merged(std::shared_ptr<const Pronunciations> first,
                                                      std::shared_ptr<const Pronunciations> second);

 private:
  static void append_lower(std::string& key, std::string_view word);

  std::unordered_map<std::string, std::string> entries_;
  std::size_t longest_ = 0;  // words of the longest entry
};

}  // namespace parley::text
