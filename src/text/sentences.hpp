// SPDX-License-Identifier: Apache-2.0
// Where sentences begin and end, in running text and in text with headings, lists and tables.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace parley::text {

struct Span {
  std::size_t start = 0;
  std::size_t end = 0;  // bytes: [start, end)

  bool operator==(const Span&) const = default;
};

// The sentences in order, without the white space around them and without the marker of a list item, heading
// or quotation before them; never empty. Unicode's rules (UAX #29, through ICU), except that abbreviations
// ("e.g.", "Mr.", "No. 5"), initials and ellipses before a lower-case word do not end a sentence. A line
// break ends one, unless the text only wraps there: a long line without closing punctuation, the next one
// going on in lower case. Text without punctuation (recognised speech) is one sentence. Thread-safe; invalid
// UTF-8 is tolerated.
std::vector<Span> split_sentences(std::string_view utf8);

}  // namespace parley::text
