// SPDX-License-Identifier: Apache-2.0
// Of the text of header fields. Inside net only.
#pragma once

#include <string_view>

namespace parley::net {

// Without the optional whitespace around it (RFC 9110, 5.6.3).
inline std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace parley::net
