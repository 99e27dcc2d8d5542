// SPDX-License-Identifier: Apache-2.0
// Written English as a voice should read it: without marks, addresses and symbols, in plain ASCII.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::text {

// A word to speak, and what it stands for.
struct SpokenWord {
  std::size_t start = 0;
  std::size_t end = 0;  // bytes of Speakable::text: [start, end)
  std::size_t source_start = 0;
  std::size_t source_end = 0;  // bytes of the text given: [source_start, source_end)

  bool operator==(const SpokenWord&) const = default;
};

struct Speakable {
  std::string text;               // words of at most 30 letters, one space between them; ASCII
  std::vector<SpokenWord> words;  // in order; words written as one share their source ("$5": "5 dollars")
};

// Reads aloud what is written for the eye:
//   Markdown, HTML tags, emoji, citation marks   left out; headings, list items and table cells end like
//   clauses "https://example.com/a?b"                    "example dot com"
//   "$12.50", "€45", "£3 million"                "12 dollars 50 cents", "45 euros", "3 million pounds"
//   "20%", "25 km/h", "5GB", "21°C"              "20 percent", "25 kilometers per hour", ...
//   "2-3", "24/7", "#4", "<5", "R&D"             "2 to 3", "24 7", "number 4", "less than 5", "R and D"
//   "2024-03-15", "9:00", "1.2.3", "e.g."        "March 15th 2024", "9 o'clock", "1 point 2 point 3", "for
//   example" "snake_case", "camelCase", "C++"             "snake case", "camel Case", "C plus plus" accents
//   and other scripts                    the nearest Latin letters
// Plain numbers, times and ordinals stay digits, since voices read them. The text is empty when there is
// nothing to say. Thread-safe; invalid UTF-8 is passed over.
Speakable speakable(std::string_view utf8);

}  // namespace parley::text
