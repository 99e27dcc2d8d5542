// SPDX-License-Identifier: Apache-2.0
// Words of a text as searching and matching see them: case-folded, stemmed, common words left out. English
// rules for stop words and stems; splitting and folding work for every language (Unicode UAX #29, NFKC case
// folding, through ICU; stems are Snowball's "english", http://snowballstem.org).
//
// Thread-safe. Invalid UTF-8 is tolerated: a bad sequence reads as U+FFFD, which separates words.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

struct Token {
  std::string text;  // case-folded, NFKC, every kind of apostrophe as '
  std::size_t start = 0;
  std::size_t end = 0;  // bytes of the source: [start, end)

  bool operator==(const Token&) const = default;
};

bool is_valid_utf8(std::string_view bytes);

// The text with every invalid sequence replaced by U+FFFD.
std::string to_valid_utf8(std::string_view bytes);

// NFKC case folding and unified apostrophes, as tokens have them.
std::string fold(std::string_view utf8);

// Words and numbers in order; punctuation and symbols are left out. "1,200", "2.5", "don't" and "3rd" are one
// token each, "9:30" and "twenty-five" two.
std::vector<Token> tokenize(std::string_view utf8);

// Words that say nothing about the subject: articles, pronouns, auxiliaries, question words, fillers.
bool is_stop_word(std::string_view folded);

// The stem of a folded word; numbers and words of other scripts come back as they are.
std::string stem(std::string_view folded);

// Stems of the canonical tokens (see numbers.hpp) that are no stop words, in order, repeats kept: what the
// index holds and what a query is matched by.
std::vector<std::string> content_stems(std::string_view text);

}  // namespace parley::text
