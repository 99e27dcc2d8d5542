// SPDX-License-Identifier: Apache-2.0
// Any bytes as a Range field: what is given lies within what there is.
#include "net/byte_range.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  net::Request request;
  request.headers.add("Range", std::string(reinterpret_cast<const char*>(data), size));
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{1000}, UINT64_MAX}) {
    const auto range = net::range_of(request, bytes);
    if (range && (range->first > bytes || range->count > bytes - range->first)) std::abort();
  }
  return 0;
}
