// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Markdown document.
#include "check_document.hpp"
#include "knowledge/extraction/extract.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = parley::knowledge::extract("a.md", {reinterpret_cast<const char*>(data), size});
  if (read) check_document(*read);
  return 0;
}
