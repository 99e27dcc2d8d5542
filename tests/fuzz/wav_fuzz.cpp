// SPDX-License-Identifier: Apache-2.0
// Any bytes as a WAV file: read to the end, never more samples than bytes.
#include "audio/wav.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  auto reader = parley::audio::WavReader::open(parley::audio::from_memory(std::move(bytes)));
  if (!reader) {
    if (reader.error().message.empty()) std::abort();
    return 0;
  }
  std::size_t samples = 0;
  while (true) {
    const auto block = (*reader)->read();
    if (!block) return 0;
    if (!block->has_value()) break;
    if ((*block)->samples.empty() || (*block)->format != (*reader)->format()) std::abort();
    samples += (*block)->samples.size();
  }
  if (samples == 0 || samples > size) std::abort();
  return 0;
}
