// SPDX-License-Identifier: Apache-2.0
// What goes into and comes out of a statement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace parley::storage {

using Bytes = std::vector<std::byte>;

inline Bytes to_bytes(std::string_view text) {
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

inline std::string_view as_text(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// NULL, integer, number, UTF-8 text or bytes. Makes itself from what C++ code has at hand; an empty optional
// is NULL.
class Value {
 public:
  using Variant = std::variant<std::monostate, std::int64_t, double, std::string, Bytes>;

  Value() = default;
  Value(std::nullopt_t) {}
  template <class T>
    requires std::is_integral_v<T>
  Value(T number) : held_(static_cast<std::int64_t>(number)) {}
  Value(double number) : held_(number) {}
  Value(std::string text) : held_(std::move(text)) {}
  Value(std::string_view text) : held_(std::string(text)) {}
  Value(const char* text) : held_(std::string(text)) {}
  Value(Bytes bytes) : held_(std::move(bytes)) {}
  template <class T>
  Value(std::optional<T> value) {
    if (value) *this = Value(std::move(*value));
  }

  const Variant& held() const { return held_; }
  Variant& held() { return held_; }

  bool operator==(const Value&) const = default;

 private:
  Variant held_;
};

using Params = std::vector<Value>;

namespace detail {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

}  // namespace detail

// One row of a result, columns by position.
class Row {
 public:
  explicit Row(std::vector<Value> values) : values_(std::move(values)) {}

  std::size_t size() const { return values_.size(); }

  // T: bool, std::int64_t, double, std::string, Bytes or an optional of these. Throws std::logic_error when
  // the column holds another type (or NULL, unless T is optional): the statement and its reader disagree.
  template <class T>
  T get(std::size_t column) const {
    const auto& held = values_.at(column).held();
    if constexpr (detail::IsOptional<T>::value) {
      if (std::holds_alternative<std::monostate>(held)) return std::nullopt;
      return get<typename T::value_type>(column);
    } else if constexpr (std::is_same_v<T, bool>) {
      return get<std::int64_t>(column) != 0;
    } else {
      if constexpr (std::is_same_v<T, double>) {
        if (const auto* whole = std::get_if<std::int64_t>(&held)) return static_cast<double>(*whole);
      }
      if (const auto* value = std::get_if<T>(&held)) return *value;
      throw std::logic_error("a column does not hold the type that is read from it");
    }
  }

 private:
  std::vector<Value> values_;
};

using Rows = std::vector<Row>;

}  // namespace parley::storage
