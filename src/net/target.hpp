// SPDX-License-Identifier: Apache-2.0
// The request target: path and query (RFC 9112, 3.2; RFC 3986, 3.3 and 3.4).
#pragma once

#include "runtime/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::net {

struct Target {
  std::string authority;     // of the absolute form, "http://authority/path"; else empty
  std::string encoded_path;  // "/a%2Fb/c"
  std::string path;          // "/a/b/c"
  std::vector<std::pair<std::string, std::string>> query;
};

inline constexpr std::size_t kMaxQueryFields = 256;

// BAD_REQUEST when it is neither a path nor a URL of http or https nor "*", or holds characters that a target
// cannot hold, broken percent-encoding, NUL, or what does not decode to UTF-8.
runtime::Result<Target> parse_target(std::string_view target);

// Nothing when the encoding is broken. `form`: "+" is a space, as in queries.
std::optional<std::string> percent_decode(std::string_view text, bool form = false);

// Splits "/a/b%2Fc" into decoded segments "a", "b/c"; nothing when one cannot be decoded.
std::optional<std::vector<std::string>> path_segments(std::string_view encoded_path);

// RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace parley::net
