// SPDX-License-Identifier: Apache-2.0
// Bodies of HTML forms with files: multipart/form-data (RFC 7578 over RFC 2046, 5.1).
#pragma once

#include "runtime/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::net {

struct FormPart {
  std::string name;                          // of the field
  std::optional<std::string> filename = {};  // as given: may hold a path; absent for plain fields
  std::string content_type = "text/plain";   // as given
  std::string_view data = {};                // into the body
};

inline constexpr std::size_t kMaxFormParts = 256;
inline constexpr std::size_t kMaxFormPartHeader = 8 * 1024;

// The parts, in order; they point into `body`. UNSUPPORTED_MEDIA when the type is not multipart/form-data,
// BAD_REQUEST when the boundary is missing or the body is not well formed (a body that was cut off is not).
runtime::Result<std::vector<FormPart>> parse_form(std::string_view content_type, std::string_view body);

}  // namespace parley::net
