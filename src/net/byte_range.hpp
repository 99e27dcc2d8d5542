// SPDX-License-Identifier: Apache-2.0
// The part of a body that a client asks for (RFC 9110, 14).
#pragma once

#include "net/http.hpp"

#include <cstdint>
#include <optional>

namespace parley::net {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;  // 0: there is no such part
  bool operator==(const ByteRange&) const = default;
};

// What a GET asks for of `size` bytes. Nothing when it asks for all of them, or in a way that need not be
// understood: another unit, several parts, If-Range (nothing here has a validator), no Range at all.
std::optional<ByteRange> range_of(const Request& request, std::uint64_t size);

// Says of a response that it holds the part `range` of `size` bytes: 206, or 416 when there is none.
void tell_range(Response& response, const ByteRange& range, std::uint64_t size);

}  // namespace parley::net
