// SPDX-License-Identifier: Apache-2.0
// Reading members of what a client sent, with the name of the field at fault as clients know it.
#pragma once

#include "runtime/json.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace parley::realtime {

inline runtime::Error bad_field(std::string message, std::string param) {
  return {runtime::ErrorCode::kBadRequest, std::move(message), std::move(param)};
}

// A member of an object; null pointer when there is none, or it is null.
inline const boost::json::value* member(const boost::json::value& object, std::string_view key) {
  const auto* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
  return found == nullptr || found->is_null() ? nullptr : found;
}

inline bool is_null(const boost::json::value& object, std::string_view key) {
  const auto* found = object.is_object() ? object.get_object().if_contains(key) : nullptr;
  return found != nullptr && found->is_null();
}

// Reads a member into `out` if it is there and not null.
template <class T>
runtime::Result<> read_member(const boost::json::value& object, std::string_view key, T& out,
                              const std::string& param) {
  const boost::json::value* found = member(object, key);
  if (found == nullptr) return {};
  auto read = runtime::read_json(*found, out);
  if (!read) return bad_field(read.error().message, param);
  return {};
}

}  // namespace parley::realtime
