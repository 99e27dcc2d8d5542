// SPDX-License-Identifier: Apache-2.0
// How web and mail addresses, telephone numbers and codes are read. Part of speakable().
#pragma once

#include "text/speakable_rules.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace parley::text {

struct SpokenAddress {
  std::size_t length = 0;  // bytes of the text
  std::string words;
};

// The web or mail address that the text begins with: "example dot com slash help", "me at example dot com".
// Of a web address the host and a short path are read; query, fragment, port and long paths are left out.
std::optional<SpokenAddress> read_address(std::string_view text);

// "555-1234", "+44 20 7946 0958", "(555) 123-4567", and the digits after "PIN", "call", "order number".
std::optional<Reading> read_digits(const FoldedTokens& tokens, std::size_t index);

}  // namespace parley::text
