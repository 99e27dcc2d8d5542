// SPDX-License-Identifier: Apache-2.0
#include "inference/onnx_weights.hpp"

#include "inference/onnx_fields.hpp"
#include "inference/protobuf_message.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <optional>
#include <utility>

namespace parley::inference {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxDimensions = 8;

// Values that `shape` holds; nothing when the number overflows.
std::optional<std::size_t> volume(const std::vector<std::size_t>& shape) {
  std::size_t values = 1;
  for (const std::size_t dimension : shape) {
    if (dimension != 0 && values > std::numeric_limits<std::size_t>::max() / sizeof(float) / dimension) {
      return std::nullopt;
    }
    values *= dimension;
  }
  return values;
}

}  // namespace

class OnnxWeights::Parser {
 public:
  explicit Parser(OnnxWeights& weights) : weights_(weights), all_(weights.bytes_) {}

  Result<> model() {
    Message message(all_);
    bool found = false;
    while (!message.done()) {
      const auto field = message.next();
      if (!field) return field.error();
      if (field->number != onnx::kModelGraph || !field->bytes) continue;
      found = true;
      const auto read = graph(*field->bytes, 1);
      if (!read) return read;
    }
    if (!found) return damaged("the file does not hold an ONNX model");
    return {};
  }

 private:
  Result<> graph(std::string_view bytes, int depth) {
    if (depth > kMaxDepth) return damaged("the graphs of the model file are nested too deeply");
    Message message(bytes);
    while (!message.done()) {
      const auto field = message.next();
      if (!field) return field.error();
      if (!field->bytes) continue;
      Result<> read;
      if (field->number == onnx::kGraphNode) read = node(*field->bytes, depth);
      if (field->number == onnx::kGraphInitializer) read = tensor(*field->bytes, {});
      if (!read) return read;
    }
    return {};
  }

  Result<> node(std::string_view bytes, int depth) {
    Message message(bytes);
    std::string_view output;
    std::vector<std::string_view> attributes;
    while (!message.done()) {
      const auto field = message.next();
      if (!field) return field.error();
      if (!field->bytes) continue;
      if (field->number == onnx::kNodeOutput && output.empty()) output = *field->bytes;
      if (field->number == onnx::kNodeAttribute) attributes.push_back(*field->bytes);
    }
    for (const std::string_view each : attributes) {
      const auto read = attribute(each, output, depth);
      if (!read) return read;
    }
    return {};
  }

  Result<> attribute(std::string_view bytes, std::string_view output, int depth) {
    Message message(bytes);
    while (!message.done()) {
      const auto field = message.next();
      if (!field) return field.error();
      if (!field->bytes) continue;
      Result<> read;
      if (field->number == onnx::kAttributeTensor) read = tensor(*field->bytes, output);
      if (field->number == onnx::kAttributeGraph) read = graph(*field->bytes, depth + 1);
      if (!read) return read;
    }
    return {};
  }

  // Keeps a tensor of floats; `name` empty: its own. Others are passed over.
  Result<> tensor(std::string_view bytes, std::string_view name) {
    Message message(bytes);
    Tensor tensor;
    std::uint64_t type = 0;
    std::string_view own_name;
    std::optional<std::string_view> raw;
    while (!message.done()) {
      const auto field = message.next();
      if (!field) return field.error();
      if (field->number == onnx::kTensorDimensions) {
        const auto read = dimensions(*field, tensor.shape);
        if (!read) return read;
      }
      if (field->number == onnx::kTensorType) type = field->value;
      if (field->number == onnx::kTensorName && field->bytes) own_name = *field->bytes;
      if (field->number == onnx::kTensorRaw && field->bytes) raw = *field->bytes;
    }
    if (type != onnx::kTypeFloat || !raw) return {};
    if (name.empty()) name = own_name;
    const auto values = volume(tensor.shape);
    if (!values || raw->size() != *values * sizeof(float)) {
      return damaged("a tensor of the model file has an impossible size");
    }
    tensor.begin = static_cast<std::size_t>(raw->data() - all_.data());
    tensor.bytes = raw->size();
    if (weights_.tensors_.size() >= kMaxTensors) return damaged("the model file has too many tensors");
    if (!weights_.tensors_.emplace(std::string(name), std::move(tensor)).second) {
      return damaged("the model file names two tensors alike");
    }
    return {};
  }

  // One number, or several packed.
  static Result<> dimensions(const Field& field, std::vector<std::size_t>& shape) {
    if (!field.bytes) {
      shape.push_back(static_cast<std::size_t>(field.value));
    } else {
      Message packed(*field.bytes);
      while (!packed.done() && shape.size() <= kMaxDimensions) {
        const auto value = packed.varint();
        if (!value) return value.error();
        shape.push_back(static_cast<std::size_t>(*value));
      }
    }
    if (shape.size() > kMaxDimensions) return damaged("a tensor of the model file has an impossible shape");
    return {};
  }

  OnnxWeights& weights_;
  const std::string_view all_;
};

Result<OnnxWeights> OnnxWeights::read(const std::filesystem::path& file, std::size_t max_bytes) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = in ? static_cast<std::streamoff>(in.tellg()) : std::streamoff{-1};
  if (size < 0) return Error{ErrorCode::kNotFound, "the model file cannot be read"};
  if (static_cast<std::uint64_t>(size) > max_bytes) return damaged("the model file is too long");
  std::string bytes(static_cast<std::size_t>(size), '\0');
  in.seekg(0);
  if (!in.read(bytes.data(), size)) return Error{ErrorCode::kNotFound, "the model file cannot be read"};
  return parse(std::move(bytes));
}

Result<OnnxWeights> OnnxWeights::parse(std::string bytes) {
  OnnxWeights weights;
  weights.bytes_ = std::move(bytes);
  const auto read = Parser(weights).model();
  if (!read) return read.error();
  return weights;
}

Result<std::vector<float>> OnnxWeights::floats(std::string_view name,
                                               std::span<const std::size_t> shape) const {
  static_assert(std::endian::native == std::endian::little, "values are taken as they are stored");
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return damaged("the model file lacks the tensor " + std::string(name));
  const Tensor& tensor = found->second;
  if (!std::equal(shape.begin(), shape.end(), tensor.shape.begin(), tensor.shape.end())) {
    return damaged("the model file has another shape of " + std::string(name));
  }
  std::vector<float> values(tensor.bytes / sizeof(float));
  if (!values.empty()) std::memcpy(values.data(), bytes_.data() + tensor.begin, tensor.bytes);
  if (!std::all_of(values.begin(), values.end(), [](float value) { return std::isfinite(value); })) {
    return damaged("the model file holds values that are no numbers in " + std::string(name));
  }
  return values;
}

}  // namespace parley::inference
