// SPDX-License-Identifier: Apache-2.0
#include "language/token_estimate.hpp"

#include <cctype>

namespace parley::language {

namespace {

constexpr std::size_t kLettersOfAToken = 4;
constexpr std::int64_t kAroundAMessage = 4;

}  // namespace

std::int64_t estimated_tokens(std::string_view text) {
  std::int64_t tokens = 0;
  std::size_t letters = 0;  // of the word under way
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) != 0) {
      if (letters++ % kLettersOfAToken == 0) ++tokens;
      continue;
    }
    letters = 0;
    const bool continues = (byte & 0xC0U) == 0x80U;  // a character of UTF-8
    if (!continues && std::isspace(byte) == 0) ++tokens;
  }
  return tokens;
}

std::int64_t estimated_tokens(const Message& message) {
  std::int64_t tokens = kAroundAMessage + estimated_tokens(message.content);
  for (const ToolCall& call : message.calls) {
    tokens += kAroundAMessage + estimated_tokens(call.name) + estimated_tokens(call.arguments);
  }
  return tokens;
}

}  // namespace parley::language
