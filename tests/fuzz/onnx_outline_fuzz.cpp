// SPDX-License-Identifier: Apache-2.0
// Any bytes as an ONNX file: refused with a reason, or what it says of itself lies inside the file.
#include "inference/onnx_outline.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto outline = parley::inference::parse_onnx_outline({reinterpret_cast<const char*>(data), size});
  if (!outline) {
    if (outline.error().message.empty()) std::abort();
    return 0;
  }
  if (outline->inputs.empty() || outline->outputs.empty()) std::abort();
  std::size_t told = 0;
  for (const auto& [key, value] : outline->metadata) told += key.size() + value.size();
  for (const auto* names : {&outline->inputs, &outline->outputs}) {
    for (const auto& name : *names) told += name.size();
  }
  if (told > size) std::abort();
  return 0;
}
