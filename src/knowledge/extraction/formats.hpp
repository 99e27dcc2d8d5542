// SPDX-License-Identifier: Apache-2.0
// One reader for each format; extract() chooses. All take valid UTF-8 with '\n' line ends.
#pragma once

#include "knowledge/extraction/text_builder.hpp"
#include "runtime/result.hpp"

#include <string_view>

namespace parley::knowledge {

// Paragraphs between blank lines, with wrapped lines joined; underlined lines and lines in capitals that
// stand alone are headings.
ExtractedText read_plain_text(std::string_view utf8);

// GitHub's Markdown (cmark-gfm): headings, lists, tables and code without their marks; front matter is left
// out but for its title. BAD_REQUEST when it is nested beyond reason.
runtime::Result<ExtractedText> read_markdown(std::string_view utf8);

// The main content of a page (HTML5, gumbo): navigation, headers, footers, forms, hidden parts and blocks of
// links are left out. BAD_REQUEST when it is nested beyond reason.
runtime::Result<ExtractedText> read_html(std::string_view utf8);

}  // namespace parley::knowledge
