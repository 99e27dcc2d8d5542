// SPDX-License-Identifier: Apache-2.0
// Any bytes as a list of models: refused with a reason, or nothing in it leaves its folder.
#include "inference/manifest.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <strings.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto models =
      parley::inference::read_manifest(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!models) {
    if (models.error().message.empty()) std::abort();
    return 0;
  }
  for (const auto& model : *models) {
    if (model.name.find('/') != std::string::npos || model.name.starts_with('.')) std::abort();
    for (const auto& file : model.files) {
      if (file.path.find('/') != std::string::npos || file.path.starts_with('.')) std::abort();
      if (file.sha256.size() != 64 || strncasecmp(file.url.c_str(), "http", 4) != 0) std::abort();
    }
  }
  return 0;
}
