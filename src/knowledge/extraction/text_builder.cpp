// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/text_builder.hpp"

#include <cstdint>
#include <utility>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace parley::knowledge {

namespace {

bool is_blank(UChar32 c) { return c == ' ' || (c >= '\t' && c <= '\r') || u_isUWhiteSpace(c); }

// Control characters, and format characters that only say how to draw (soft hyphen, zero-width space, BOM).
bool is_invisible(UChar32 c) {
  if (c == 0x200d) return false;  // joins emoji and some scripts' letters
  const int type = u_charType(c);
  return type == U_CONTROL_CHAR || type == U_FORMAT_CHAR;
}

}  // namespace

std::string clean_line(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  const auto* data = reinterpret_cast<const std::uint8_t*>(text.data());
  const auto size = static_cast<std::int64_t>(text.size());
  for (std::int64_t i = 0; i < size;) {
    const std::int64_t from = i;
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c >= 0 && is_blank(c)) {
      space = true;
      continue;
    }
    if (c >= 0 && is_invisible(c)) continue;
    if (space && !out.empty()) out += ' ';
    space = false;
    if (c < 0) {
      out += "\ufffd";
    } else {
      out.append(text.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(i - from)));
    }
  }
  return out;
}

void TextBuilder::start_line() {
  if (!extracted_.text.empty()) extracted_.text += open_ ? "\n" : "\n\n";
  open_ = true;
}

void TextBuilder::heading(int level, std::string_view title) {
  std::string cleaned = clean_line(title);
  end_block();
  if (cleaned.empty()) return;
  start_line();
  const std::size_t offset = extracted_.text.size();
  extracted_.text += cleaned;
  extracted_.headings.push_back({level, std::move(cleaned), offset});
  end_block();
}

void TextBuilder::paragraph(std::string_view text) {
  end_block();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    line(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  end_block();
}

void TextBuilder::line(std::string_view text) {
  const std::string cleaned = clean_line(text);
  if (cleaned.empty()) return;
  start_line();
  extracted_.text += cleaned;
}

void TextBuilder::verbatim(std::string_view text) {
  end_block();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view raw = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t indent = raw.find_first_not_of(" \t");
    if (indent == std::string_view::npos) continue;
    const std::string cleaned = clean_line(raw);
    if (cleaned.empty()) continue;
    start_line();
    extracted_.text += std::string(indent, ' ') + cleaned;
  }
  end_block();
}

void TextBuilder::append(const ExtractedText& other) {
  if (other.text.empty()) return;
  end_block();
  start_line();
  const std::size_t shift = extracted_.text.size();
  extracted_.text += other.text;
  for (const TextHeading& heading : other.headings) {
    extracted_.headings.push_back({heading.level, heading.title, heading.offset + shift});
  }
  end_block();
}

ExtractedText TextBuilder::finish(std::string title) && {
  extracted_.title = clean_line(title);
  return std::move(extracted_);
}

}  // namespace parley::knowledge
