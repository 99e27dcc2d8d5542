// SPDX-License-Identifier: Apache-2.0
// The protobuf wire format, as far as ONNX files need it. Nothing is believed before it was checked: a length
// that leads out of its message is UNSUPPORTED_MEDIA.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parley::inference {

inline runtime::Error damaged(std::string message) {
  return {runtime::ErrorCode::kUnsupportedMedia, std::move(message)};
}

// One field as it was read.
struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;                     // of a varint
  std::optional<std::string_view> bytes = {};  // of a length-delimited field
};

// Reads the fields of one message in order.
class Message {
 public:
  explicit Message(std::string_view bytes) : left_(bytes) {}

  bool done() const { return left_.empty(); }

  runtime::Result<Field> next() {
    const auto tag = varint();
    if (!tag) return tag.error();
    Field field;
    field.number = *tag >> 3U;
    switch (*tag & 7U) {
      case 0: {
        const auto value = varint();
        if (!value) return value.error();
        field.value = *value;
        return field;
      }
      case 1:
        return skip(8, field);
      case 2: {
        const auto length = varint();
        if (!length) return length.error();
        if (*length > left_.size()) return damaged("the model file is cut short");
        field.bytes = left_.substr(0, static_cast<std::size_t>(*length));
        left_.remove_prefix(static_cast<std::size_t>(*length));
        return field;
      }
      case 5:
        return skip(4, field);
      default:
        return damaged("the file does not hold an ONNX model");
    }
  }

  runtime::Result<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (left_.empty()) return damaged("the model file is cut short");
      const auto byte = static_cast<unsigned char>(left_.front());
      left_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return value;
    }
    return damaged("the file does not hold an ONNX model");
  }

 private:
  runtime::Result<Field> skip(std::size_t bytes, Field field) {
    if (bytes > left_.size()) return damaged("the model file is cut short");
    left_.remove_prefix(bytes);
    return field;
  }

  std::string_view left_;
};

}  // namespace parley::inference
