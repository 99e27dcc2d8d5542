// SPDX-License-Identifier: Apache-2.0
#include "net/byte_range.hpp"

#include "net/field_text.hpp"
#include "runtime/whole_number.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include <fmt/format.h>

namespace parley::net {

namespace {

constexpr std::string_view kUnit = "bytes=";

// Digits alone: the sign that a number may have elsewhere it has not here. One too large to be held is as
// good as the largest.
std::optional<std::uint64_t> position(std::string_view digits) {
  const bool clean = !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
  if (!clean) return std::nullopt;
  return runtime::whole_number<std::uint64_t>(digits).value_or(std::numeric_limits<std::uint64_t>::max());
}

bool begins_with_unit(std::string_view field) {
  return std::ranges::equal(field.substr(0, kUnit.size()), kUnit,
                            [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a + 32 == b); });
}

}  // namespace

std::optional<ByteRange> range_of(const Request& request, std::uint64_t size) {
  if (request.method != Method::kGet || request.headers.count("Range") != 1) return std::nullopt;
  if (request.header("If-Range")) return std::nullopt;
  const std::string_view field = trimmed(*request.header("Range"));
  if (!begins_with_unit(field)) return std::nullopt;
  const std::string_view wanted = trimmed(field.substr(kUnit.size()));
  const auto dash = wanted.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = position(wanted.substr(0, dash));
  const auto last = position(wanted.substr(dash + 1));
  if (dash == 0) {  // the last so many
    if (!last) return std::nullopt;
    const std::uint64_t count = std::min(*last, size);
    return ByteRange{size - count, count};
  }
  const bool open = dash + 1 == wanted.size();
  if (!first || (!open && (!last || *last < *first))) return std::nullopt;
  if (*first >= size) return ByteRange{size, 0};
  return ByteRange{*first, (open ? size - 1 : std::min(*last, size - 1)) - *first + 1};
}

void tell_range(Response& response, const ByteRange& range, std::uint64_t size) {
  response.status = range.count > 0 ? 206 : 416;
  response.headers.set("Content-Range", range.count > 0 ? fmt::format("bytes {}-{}/{}", range.first,
                                                                      range.first + range.count - 1, size)
                                                        : fmt::format("bytes */{}", size));
}

}  // namespace parley::net
