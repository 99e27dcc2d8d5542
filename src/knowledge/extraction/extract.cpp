// SPDX-License-Identifier: Apache-2.0
#include "knowledge/extraction/extract.hpp"

#include "knowledge/extraction/encoding.hpp"
#include "knowledge/extraction/formats.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

namespace parley::knowledge {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

enum class Format : std::uint8_t { kPlainText, kMarkdown, kHtml };

constexpr std::array<std::string_view, 7> kExtensions = {".txt",  ".text", ".md",   ".markdown",
                                                         ".html", ".htm",  ".xhtml"};
constexpr std::array<Format, 7> kFormats = {Format::kPlainText, Format::kPlainText, Format::kMarkdown,
                                            Format::kMarkdown,  Format::kHtml,      Format::kHtml,
                                            Format::kHtml};

std::optional<Format> format_of(std::string_view filename) {
  const std::string folded = text::fold(filename);
  for (std::size_t i = 0; i < kExtensions.size(); ++i) {
    if (folded.ends_with(kExtensions[i])) return kFormats[i];
  }
  return std::nullopt;
}

Error unsupported(std::string_view what) {
  return {ErrorCode::kUnsupportedMedia,
          fmt::format("{}; supported are plain text (.txt), Markdown (.md) and HTML (.html)", what)};
}

bool has_letters(std::string_view utf8) {
  return std::ranges::any_of(utf8, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

Result<ExtractedText> read(Format format, std::string_view utf8) {
  switch (format) {
    case Format::kMarkdown:
      return read_markdown(utf8);
    case Format::kHtml:
      return read_html(utf8);
    case Format::kPlainText:
      break;
  }
  return read_plain_text(utf8);
}

// "staff/leave-policy_2024.md" -> "leave policy 2024"
std::string title_from(std::string_view filename) {
  const std::string_view last = filename.substr(filename.rfind('/') + 1);
  std::string title(last.substr(0, last.rfind('.')));
  for (char& c : title) {
    if (c == '_' || c == '-') c = ' ';
  }
  return clean_line(title);
}

}  // namespace

std::span<const std::string_view> supported_extensions() { return kExtensions; }

Result<> check_supported(std::string_view filename) {
  if (!format_of(filename)) return unsupported("this type of document cannot be read");
  return {};
}

Result<ExtractedText> extract(std::string_view filename, std::string_view bytes) {
  const auto format = format_of(filename);
  if (!format) return unsupported("this type of document cannot be read");
  const std::string declared = *format == Format::kHtml ? html_charset(bytes) : std::string();
  const auto utf8 = decode_text(bytes, declared);
  if (!utf8) return unsupported("the file holds no text");
  auto extracted = read(*format, *utf8);
  if (!extracted) return extracted.error();
  if (!has_letters(extracted->text)) return Error{ErrorCode::kBadRequest, "the document holds no words"};
  if (extracted->title.empty() && !extracted->headings.empty())
    extracted->title = extracted->headings.front().title;
  if (extracted->title.empty()) extracted->title = title_from(filename);
  return extracted;
}

}  // namespace parley::knowledge
