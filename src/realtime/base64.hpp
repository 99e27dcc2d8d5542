// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648, section 4) for audio in JSON.
#pragma once

#include "runtime/result.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::realtime {

std::string encode_base64(std::span<const std::uint8_t> bytes);

// BAD_REQUEST for anything but whole groups of the standard alphabet with its padding.
runtime::Result<std::vector<std::uint8_t>> decode_base64(std::string_view text);

}  // namespace parley::realtime
