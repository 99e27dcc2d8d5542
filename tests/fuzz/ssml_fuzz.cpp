// SPDX-License-Identifier: Apache-2.0
// Any bytes as SSML: spans within their limits, or an error with a message.
#include "text/ssml.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto spans = parley::text::parse_ssml({reinterpret_cast<const char*>(data), size});
  if (!spans) {
    if (spans.error().message.empty()) std::abort();
    return 0;
  }
  for (const auto& span : *spans) {
    const bool rates = span.rate >= 0.5 && span.rate <= 2 && span.pitch >= 0.5 && span.pitch <= 2;
    const bool volume = span.volume >= 0 && span.volume <= 2;
    const bool pause = span.pause.count() >= 0 && span.pause.count() <= 10'000;
    if (!rates || !volume || !pause || (span.text.empty() && span.pause.count() == 0)) std::abort();
  }
  return 0;
}
