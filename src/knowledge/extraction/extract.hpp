// SPDX-License-Identifier: Apache-2.0
// The readable text of a document, whatever it came in: plain text, Markdown or HTML.
#pragma once

#include "knowledge/extraction/text_builder.hpp"
#include "runtime/result.hpp"

#include <span>
#include <string>
#include <string_view>

namespace parley::knowledge {

// The extensions that extract() knows, with their dot, in lower case.
std::span<const std::string_view> supported_extensions();

// UNSUPPORTED_MEDIA, naming what is supported, unless the name's extension is known.
runtime::Result<> check_supported(std::string_view filename);

// Text without marks, and where its headings are. Reads UTF-8, UTF-16, and the encodings that a page declares
// or that its bytes suggest. Takes untrusted bytes. UNSUPPORTED_MEDIA for an unknown extension or bytes that
// are no text; BAD_REQUEST for a document without text or nested beyond reason. Thread-safe.
runtime::Result<ExtractedText> extract(std::string_view filename, std::string_view bytes);

}  // namespace parley::knowledge
