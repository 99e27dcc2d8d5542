// SPDX-License-Identifier: Apache-2.0
// Small ONNX files for tests, written field by field.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace parley::inference::testing {

inline std::string varint(std::uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7U) bytes += static_cast<char>((value & 0x7FU) | 0x80U);
  return bytes + static_cast<char>(value);
}

inline std::string number_field(std::uint64_t number, std::uint64_t value) {
  return varint(number << 3U) + varint(value);
}

inline std::string bytes_field(std::uint64_t number, const std::string& bytes) {
  return varint(number << 3U | 2U) + varint(bytes.size()) + bytes;
}

// A TensorProto of 32-bit floats.
inline std::string tensor(const std::string& name, const std::vector<std::size_t>& shape,
                          const std::vector<float>& values) {
  std::string bytes;
  for (const std::size_t dimension : shape) bytes += number_field(1, dimension);
  const std::string raw(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
  return bytes + number_field(2, 1) + bytes_field(8, name) + bytes_field(9, raw);
}

// A node of a GraphProto that gives a constant to `output`.
inline std::string constant(const std::string& output, const std::string& tensor) {
  const std::string attribute = bytes_field(1, "value") + bytes_field(5, tensor);
  return bytes_field(1, bytes_field(2, output) + bytes_field(4, "Constant") + bytes_field(5, attribute));
}

// A node of a GraphProto with a graph in it.
inline std::string branch(const std::string& graph) {
  const std::string attribute = bytes_field(1, "then_branch") + bytes_field(6, graph);
  return bytes_field(1, bytes_field(4, "If") + bytes_field(5, attribute));
}

// An input or output of a GraphProto: 32-bit floats; -1 stands for a dimension that is left open.
inline std::string value_info(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::string dimensions;
  for (const std::int64_t size : shape) {
    const auto dimension = size < 0 ? bytes_field(2, "n") : number_field(1, static_cast<std::uint64_t>(size));
    dimensions += bytes_field(1, dimension);
  }
  const std::string type = bytes_field(1, number_field(1, 1) + bytes_field(2, dimensions));
  return bytes_field(1, name) + bytes_field(2, type);
}

inline std::string initializer(const std::string& tensor) { return bytes_field(5, tensor); }

inline std::string model(const std::string& graph) { return number_field(1, 10) + bytes_field(7, graph); }

// A whole model that only says of itself what it is: names of inputs and outputs, and metadata.
// Every output has the `shape`.
inline std::string network(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs,
                           const std::vector<std::pair<std::string, std::string>>& metadata,
                           const std::vector<std::int64_t>& shape = {}) {
  std::string graph = constant("c", tensor("c", {2}, {1.0F, 2.0F}));
  for (const std::string& name : inputs) graph += bytes_field(11, bytes_field(1, name));
  for (const std::string& name : outputs) graph += bytes_field(12, value_info(name, shape));
  std::string bytes = model(graph) + bytes_field(8, number_field(2, 13));
  for (const auto& [key, value] : metadata)
    bytes += bytes_field(14, bytes_field(1, key) + bytes_field(2, value));
  return bytes;
}

}  // namespace parley::inference::testing
