// SPDX-License-Identifier: Apache-2.0
#include "text/written_words.hpp"

#include "text/written_numbers.hpp"

#include <utility>

namespace parley::text {
namespace {

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// "a.m.", "u.s.", "b.": letters with dots.
bool is_dotted(std::string_view word) {
  if (word.size() < 2) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if (i % 2 == 0 ? !is_lower(word[i]) : word[i] != '.') return false;
  }
  return word.size() > 2 || word.ends_with('.');
}

}  // namespace

SaidWords::SaidWords(std::string_view spoken) {
  for (std::size_t at = 0; at < spoken.size();) {
    const auto end = std::min(spoken.find(' ', at), spoken.size());
    const auto word = spoken.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    const auto hyphen = word.find('-');
    if (is_dotted(word)) {
      for (const char c : word) {
        if (c != '.') words_.emplace_back(1, c);
      }
    } else if (hyphen != std::string_view::npos && is_number_word(word.substr(0, hyphen)) &&
               is_number_word(word.substr(hyphen + 1))) {
      words_.emplace_back(word.substr(0, hyphen));
      words_.emplace_back(word.substr(hyphen + 1));
    } else {
      words_.emplace_back(word);
    }
  }
}

bool is_preposition_of_time(std::string_view word) {
  static constexpr auto kWords =
      word_set({"at", "until", "till", "before", "after", "by", "around", "about", "it's", "from", "since",
                "between", "nearly", "almost", "past", "is", "was"});
  return kWords.contains(word);
}

bool is_plural(std::string_view word) {
  static constexpr auto kPlurals =
      word_set({"people", "men", "women", "children", "feet", "teeth", "mice", "staff"});
  static constexpr auto kOthers =
      word_set({"is",     "was",   "has",   "this",  "his",     "its",    "us",     "as",   "does",
                "says",   "yes",   "thus",  "plus",  "perhaps", "always", "starts", "ends", "opens",
                "closes", "costs", "holds", "needs", "seems",   "means",  "class",  "bus",  "across"});
  if (kPlurals.contains(word)) return true;
  return word.size() > 3 && word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("'s") &&
         !kOthers.contains(word);
}

}  // namespace parley::text
