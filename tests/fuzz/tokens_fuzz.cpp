// SPDX-License-Identifier: Apache-2.0
// Any bytes as text: tokens, numbers in canonical form and sentences lie within the source and in order.
#include "text/numbers.hpp"
#include "text/sentences.hpp"
#include "text/words.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void check(const std::vector<parley::text::Token>& tokens, std::size_t size) {
  std::size_t start = 0;
  for (const auto& token : tokens) {
    const bool placed = token.start >= start && token.start < token.end && token.end <= size;
    if (!placed || token.text.empty() || !parley::text::is_valid_utf8(token.text)) std::abort();
    start = token.start;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  check(parley::text::tokenize(source), size);
  check(parley::text::canonical_tokens(source), size);
  for (const auto& stem : parley::text::content_stems(source)) {
    if (stem.empty()) std::abort();
  }
  std::size_t end = 0;
  for (const auto& sentence : parley::text::split_sentences(source)) {
    if (sentence.start < end || sentence.start >= sentence.end || sentence.end > size) std::abort();
    end = sentence.end;
  }
  return 0;
}
