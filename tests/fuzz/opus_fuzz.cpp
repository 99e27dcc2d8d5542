// SPDX-License-Identifier: Apache-2.0
// Any bytes as Opus packets, each behind its length: samples of at most 120 ms or an error, packet after
// packet.
#include "audio/opus.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::audio;
  auto unpacker = OpusUnpacker::create({16000, 1});
  if (!unpacker) std::abort();
  std::span<const std::uint8_t> rest(data, size);
  while (rest.size() > 1) {
    const bool lost = rest[0] % 8 == 0;
    const auto count = std::min<std::size_t>(rest[0] + std::size_t{1}, rest.size() - 1);
    const auto packet = rest.subspan(1, count);
    rest = rest.subspan(1 + count);
    if (lost) {
      const auto recovered = unpacker->recover(packet, std::chrono::milliseconds(20));
      if (recovered && recovered->size() > 1920) std::abort();
    }
    const auto samples = unpacker->unpack(packet);
    if (samples ? samples->size() > 1920 : samples.error().message.empty()) std::abort();
  }
  return 0;
}
