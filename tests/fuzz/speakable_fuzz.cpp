// SPDX-License-Identifier: Apache-2.0
// Any bytes as text to be read aloud: ASCII words in the order of the source come out.
#include "text/speakable.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view source(reinterpret_cast<const char*>(data), size);
  const auto result = parley::text::speakable(source);
  for (const char c : result.text) {
    if (c < ' ' || c > '~') std::abort();
  }
  std::size_t end = 0;
  std::size_t order = 0;
  for (const auto& word : result.words) {
    const bool placed = word.start == (end == 0 ? 0 : end + 1) && word.start < word.end;
    const bool sourced =
        word.source_start >= order && word.source_start < word.source_end && word.source_end <= size;
    if (!placed || !sourced) std::abort();
    end = word.end;
    order = word.source_start;
  }
  if (end != result.text.size()) std::abort();
  return 0;
}
