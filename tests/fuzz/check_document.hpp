// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "knowledge/chunks.hpp"
#include "knowledge/extraction/extract.hpp"
#include "text/words.hpp"

#include <cstdlib>
#include <string_view>

// What was read from a document is valid text whose headings and chunks lie where they say.
inline void check_document(const parley::knowledge::ExtractedText& read) {
  if (!parley::text::is_valid_utf8(read.text)) std::abort();
  for (const auto& heading : read.headings) {
    if (read.text.compare(heading.offset, heading.title.size(), heading.title) != 0) std::abort();
  }
  std::size_t end = 0;
  for (const auto& chunk : parley::knowledge::cut_chunks(read)) {
    if (chunk.start < end || chunk.start >= chunk.end || chunk.end > read.text.size()) std::abort();
    if (!parley::text::is_valid_utf8(
            std::string_view(read.text).substr(chunk.start, chunk.end - chunk.start))) {
      std::abort();
    }
    end = chunk.end;
  }
}
