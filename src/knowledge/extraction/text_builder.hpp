// SPDX-License-Identifier: Apache-2.0
// Extracted text and how it is put together. Its layout is one for all sources, so that chunks can be cut
// from it: blocks (a heading, a paragraph, a list, a table) with a blank line between; each list item ("-
// one", "2. two") and each table row ("cell, cell") on a line of its own.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::knowledge {

struct TextHeading {
  int level = 1;  // 1 to 6
  std::string title;
  std::size_t offset = 0;  // of its line in the text, in bytes

  bool operator==(const TextHeading&) const = default;
};

struct ExtractedText {
  std::string title;  // empty when the document names none
  std::string text;   // valid UTF-8
  std::vector<TextHeading> headings;
};

// White space of every kind collapsed to single spaces, control and invisible characters dropped, trimmed.
std::string clean_line(std::string_view text);

// What is added is cleaned; nothing is left of what has no characters.
class TextBuilder {
 public:
  void heading(int level, std::string_view title);
  // A block of its own; line breaks in it stay.
  void paragraph(std::string_view text);
  // One line of the open block, which it opens if need be.
  void line(std::string_view text);
  // A block with its spaces kept: code.
  void verbatim(std::string_view text);
  void end_block() { open_ = false; }
  // Everything of another text, headings included.
  void append(const ExtractedText& other);

  bool empty() const { return extracted_.text.empty(); }
  ExtractedText finish(std::string title) &&;

 private:
  void start_line();

  ExtractedText extracted_;
  bool open_ = false;
};

}  // namespace parley::knowledge
