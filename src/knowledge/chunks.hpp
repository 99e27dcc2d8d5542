// SPDX-License-Identifier: Apache-2.0
// Cuts a document into the pieces that are searched and quoted.
#pragma once

#include "knowledge/extraction/text_builder.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace parley::knowledge {

struct Chunk {
  std::string heading;    // titles of the headings above it, " > " between; without the document's own title
  std::size_t start = 0;  // bytes of the extracted text
  std::size_t end = 0;

  bool operator==(const Chunk&) const = default;
};

struct ChunkOptions {
  std::size_t target_words = 150;
  std::size_t max_words = 220;  // a list or table up to here stays whole; a longer sentence is cut
};

// In order, without overlap. A chunk holds whole sentences, list items and table rows of one section, never a
// heading, unless a section is nothing but its heading. Sections are cut into parts of about equal size.
std::vector<Chunk> cut_chunks(const ExtractedText& document, ChunkOptions options = {});

}  // namespace parley::knowledge
