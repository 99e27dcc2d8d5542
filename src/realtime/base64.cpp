// SPDX-License-Identifier: Apache-2.0
#include "realtime/base64.hpp"

#include <openssl/evp.h>

namespace parley::realtime {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

std::string encode_base64(std::span<const std::uint8_t> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4, '\0');
  // One byte more than the text is written, a terminator, for which std::string has room.
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                  static_cast<int>(bytes.size()));
  return text;
}

Result<std::vector<std::uint8_t>> decode_base64(std::string_view text) {
  const Error invalid{ErrorCode::kBadRequest, "expected base64"};
  if (text.size() % 4 != 0) return invalid;
  if (text.empty()) return std::vector<std::uint8_t>();
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  // EVP_DecodeBlock trims white space and takes padding anywhere; neither belongs into a message.
  if (text.substr(0, text.size() - padding).find_first_of("= \t\r\n") != std::string_view::npos)
    return invalid;
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
  const int decoded = EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                      static_cast<int>(text.size()));
  if (decoded != static_cast<int>(bytes.size())) return invalid;
  bytes.resize(bytes.size() - padding);
  return bytes;
}

}  // namespace parley::realtime
