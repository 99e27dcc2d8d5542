// SPDX-License-Identifier: Apache-2.0
// Base64 for addresses and tokens (RFC 4648, section 5), without padding (RFC 7515, 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace parley::accounts {

std::string encode_base64url(std::string_view bytes);

// Nothing for a text that encode_base64url would not have made: every byte sequence has one spelling.
std::optional<std::string> decode_base64url(std::string_view text);

}  // namespace parley::accounts
