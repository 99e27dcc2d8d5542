// SPDX-License-Identifier: Apache-2.0
// The words as said, and what rules make of them. Part of written_text().
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

// A set of words fixed at compile time: make it with word_set({"a", "b"}).
template <std::size_t N>
class WordSet {
 public:
  consteval explicit WordSet(std::array<std::string_view, N> words) : words_(words) {
    std::ranges::sort(words_);
  }
  constexpr bool contains(std::string_view word) const {
    return !word.empty() && std::ranges::binary_search(words_, word);
  }

 private:
  std::array<std::string_view, N> words_;
};
template <std::size_t N>
consteval auto word_set(const char* const (&words)[N]) {
  std::array<std::string_view, N> views;
  std::copy(std::begin(words), std::end(words), views.begin());
  return WordSet<N>(views);
}

// Lower-case words. "twenty-five" has become two, "a.m." and "u.s." their letters.
class SaidWords {
 public:
  explicit SaidWords(std::string_view spoken);

  std::size_t size() const { return words_.size(); }
  // Empty beyond either end; `index` may be any number.
  std::string_view operator[](std::size_t index) const {
    return index < words_.size() ? std::string_view(words_[index]) : std::string_view();
  }
  std::string_view before(std::size_t index, std::size_t back = 1) const {
    return index >= back ? (*this)[index - back] : std::string_view();
  }

 private:
  std::vector<std::string> words_;
};

// Words [index, end) as they are written.
struct Writing {
  std::string text;
  std::size_t end = 0;
  bool fixed = false;  // the first letter stays small at the start of a sentence: addresses
};

bool is_preposition_of_time(std::string_view word);  // "at", "until", "before"

// Looks like a noun in the plural: "days", "people"; not "is" or "this".
bool is_plural(std::string_view word);

}  // namespace parley::text
