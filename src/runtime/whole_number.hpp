// SPDX-License-Identifier: Apache-2.0
// A number that is all of a text.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace parley::runtime {

// In decimal digits. Nothing for any other text, and for what T cannot hold.
template <std::integral T>
std::optional<T> whole_number(std::string_view text) {
  T number{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace parley::runtime
