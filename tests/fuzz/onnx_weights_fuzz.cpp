// SPDX-License-Identifier: Apache-2.0
// Any bytes as an ONNX file: refused with a reason, or every tensor lies inside the file.
#include "inference/onnx_weights.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file =
      parley::inference::OnnxWeights::parse(std::string(reinterpret_cast<const char*>(data), size));
  if (!file) {
    if (file.error().message.empty()) std::abort();
    return 0;
  }
  if (file->size() > size) std::abort();
  for (const char* name : {"", "a", "b", "inner"}) {
    for (const std::vector<std::size_t>& shape : {std::vector<std::size_t>{}, {1}, {2, 1}, {3}, {0}}) {
      const auto values = file->floats(name, shape);
      if (values && values->size() * sizeof(float) > size) std::abort();
    }
  }
  return 0;
}
