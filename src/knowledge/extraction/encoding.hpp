// SPDX-License-Identifier: Apache-2.0
// Bytes of unknown encoding to UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::knowledge {

// In this order: a byte order mark, the declared charset if ICU knows it, valid UTF-8, UTF-16 by its zero
// bytes, UTF-8 with a few bad bytes (which become U+FFFD), ICU's guess when it is sure, else Windows-1252.
// Line ends become '\n'. Nothing when the bytes are no text: zero bytes or many control characters.
std::optional<std::string> decode_text(std::string_view bytes, std::string_view declared_charset = {});

// The charset that an HTML page declares in its first 2 KB; empty when it declares none.
std::string html_charset(std::string_view bytes);

}  // namespace parley::knowledge
