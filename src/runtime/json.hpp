// SPDX-License-Identifier: Apache-2.0
// JSON from outside: parsed with limits, read into described structs with a precise path for every error.
//
//   struct Update { std::string voice; std::optional<double> speed; };
//   BOOST_DESCRIBE_STRUCT(Update, (), (voice, speed))
//   const Result<json::value> value = parse_json(text);
//   Update update;
//   const Result<> read = read_json(*value, update);   // param is a JSON Pointer such as "/speed"
//
// Members that are absent keep the struct's default unless listed as required by `require`; unknown members
// are ignored, since clients run ahead of servers.
#pragma once

#include "runtime/result.hpp"

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>
#include <boost/json/value.hpp>
#include <boost/mp11/algorithm.hpp>

namespace parley::runtime {

inline constexpr std::size_t kMaxJsonDepth = 32;

// BAD_REQUEST with the byte offset when the text is not JSON, is deeper than kMaxJsonDepth, or holds invalid
// UTF-8. Numbers keep their kind; duplicate keys: the last wins.
Result<boost::json::value> parse_json(std::string_view text);

// Serialises, numbers in decimal; NaN and infinities, which JSON does not have, become null.
std::string to_json(const boost::json::value& value);

namespace detail {

Error mismatch(const std::string& path, std::string_view expected);

inline Result<> read_at(const boost::json::value& value, bool& out, const std::string& path) {
  if (!value.is_bool()) return mismatch(path, "true or false");
  out = value.get_bool();
  return {};
}
inline Result<> read_at(const boost::json::value& value, std::string& out, const std::string& path) {
  if (!value.is_string()) return mismatch(path, "a string");
  out = std::string(value.get_string());
  return {};
}
inline Result<> read_at(const boost::json::value& value, boost::json::value& out, const std::string&) {
  out = value;
  return {};
}
template <std::integral T>
Result<> read_at(const boost::json::value& value, T& out, const std::string& path) {
  boost::system::error_code error;
  const T number = value.to_number<T>(error);
  if (error) return mismatch(path, "a whole number in range");
  out = number;
  return {};
}
template <std::floating_point T>
Result<> read_at(const boost::json::value& value, T& out, const std::string& path) {
  if (!value.is_number()) return mismatch(path, "a number");
  out = value.to_number<T>();
  return {};
}

template <class T>
Result<> read_at(const boost::json::value& value, std::optional<T>& out, const std::string& path);
template <class T>
Result<> read_at(const boost::json::value& value, std::vector<T>& out, const std::string& path);
template <class T>
Result<> read_at(const boost::json::value& value, std::map<std::string, T>& out, const std::string& path);

template <class T>
  requires boost::describe::has_describe_members<T>::value
Result<> read_at(const boost::json::value& value, T& out, const std::string& path) {
  if (!value.is_object()) return mismatch(path, "an object");
  const auto& object = value.get_object();
  Result<> status;
  boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_any_access>>(
      [&](auto member) {
        if (!status) return;
        const auto* found = object.if_contains(member.name);
        if (found != nullptr) status = read_at(*found, out.*member.pointer, path + "/" + member.name);
      });
  return status;
}

template <class T>
Result<> read_at(const boost::json::value& value, std::optional<T>& out, const std::string& path) {
  if (value.is_null()) {
    out.reset();
    return {};
  }
  return read_at(value, out.emplace(), path);
}
template <class T>
Result<> read_at(const boost::json::value& value, std::vector<T>& out, const std::string& path) {
  if (!value.is_array()) return mismatch(path, "an array");
  out.clear();
  for (std::size_t i = 0; i < value.get_array().size(); ++i) {
    const auto read = read_at(value.get_array()[i], out.emplace_back(), path + "/" + std::to_string(i));
    if (!read) return read.error();
  }
  return {};
}
template <class T>
Result<> read_at(const boost::json::value& value, std::map<std::string, T>& out, const std::string& path) {
  if (!value.is_object()) return mismatch(path, "an object");
  for (const auto& [key, item] : value.get_object()) {
    const auto read = read_at(item, out[std::string(key)], path + "/" + std::string(key));
    if (!read) return read.error();
  }
  return {};
}

}  // namespace detail

// Reads `value` into `out`; the first mismatch is a BAD_REQUEST whose param is the JSON Pointer to it.
template <class T>
Result<> read_json(const boost::json::value& value, T& out) {
  return detail::read_at(value, out, "");
}

}  // namespace parley::runtime
