// SPDX-License-Identifier: Apache-2.0
// Any bytes as a kept sentence: nothing, or audio that is written back as the same bytes.
#include "speech/tts/store/spoken_format.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::speech;
  const std::span<const std::uint8_t> body(data, size);
  const auto spoken = unpack_body(body);
  if (!spoken) return 0;
  const auto packed = pack_spoken(*spoken);
  if (packed.size() < size || !std::equal(body.rbegin(), body.rend(), packed.rbegin())) std::abort();
  if (!unpack_spoken(packed)) std::abort();
  return 0;
}
