// SPDX-License-Identifier: Apache-2.0
// Written English as a voice should read it: without marks, addresses and symbols, in plain ASCII.
#pragma once

#include "text/pronunciations.hpp"

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
//   Markdown, HTML, emoji, citation marks      left out; headings, list items, table cells end like clauses
//   "https://example.com/help?b"               "example dot com"; a short path without a query is read, too
//   "$12.50", "€45", "£3 million"              "twelve dollars and fifty cents", "three million pounds"
//   "20%", "25 km/h", "5GB", "21°C", "3/4"     "twenty percent", "twenty five kilometers per hour", ...
//   "2-3", "24/7", "#4", "<5", "R&D"           "two to three", "number four", "less than five", "R and D"
//   "2024-03-15", "15 March", "9:00"           "March fifteenth, twenty twenty four", "nine o'clock"
//   "1,200", "in 1999", "the 1990s", "21st"    "one thousand two hundred", "nineteen ninety nine", ...
//   "Dr. Oak", "Oak St.", "e.g.", "Henry VIII" "Doctor Oak", "Oak Street", "for example", "Henry the eighth"
//   "555-1234", "me@example.com"               digit by digit, "me at example dot com"
//   "PDF", "NASA", "snake_case", "C++"         "P D F", "NASA", "snake case", "C plus plus"
//   accents and other scripts                  the nearest Latin letters
// Numbers are English words throughout, so that every engine says the same; examples with their reading are
// in tests/golden/written_to_spoken.tsv. Where a date can be read in two orders the month comes first. The
// text is empty when there is nothing to say. Thread-safe; invalid UTF-8 is passed over.
// `pronunciations`, where given, come before every rule.
Speakable speakable(std::string_view utf8, const Pronunciations* pronunciations = nullptr);

}  // namespace parley::text
