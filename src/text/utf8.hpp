// SPDX-License-Identifier: Apache-2.0
// Where UTF-8 may be cut.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace parley::text {

// How many of the first `most` bytes of `text` are whole characters.
inline std::size_t whole_characters(std::string_view text, std::size_t most) {
  std::size_t end = std::min(text.size(), most);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return end;
}

}  // namespace parley::text
