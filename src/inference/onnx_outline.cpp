// SPDX-License-Identifier: Apache-2.0
#include "inference/onnx_outline.hpp"

#include "inference/onnx_fields.hpp"
#include "inference/protobuf_message.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::inference {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxEntries = 10'000;  // metadata, inputs, outputs
constexpr std::size_t kMaxDimensions = 16;
constexpr std::uint64_t kMaxDimension = 1'000'000'000;

// What a field holds, with the last of its kind, as protobuf has it; empty where there is none.
Result<std::string_view> part(std::string_view bytes, std::uint64_t number) {
  Message message(bytes);
  std::string_view found;
  while (!message.done()) {
    const auto field = message.next();
    if (!field) return field.error();
    if (field->number == number && field->bytes) found = *field->bytes;
  }
  return found;
}

// Whether the lengths inside a message fit.
Result<> whole(std::string_view bytes) {
  Message message(bytes);
  while (!message.done()) {
    const auto field = message.next();
    if (!field) return field.error();
  }
  return {};
}

Result<> name_into(std::string_view bytes, std::vector<std::string>& names) {
  if (names.size() >= kMaxEntries)
    return damaged("the graph of the model file has too many inputs or outputs");
  const auto name = part(bytes, onnx::kValueName);
  if (!name) return name.error();
  names.emplace_back(*name);
  return {};
}

Result<std::int64_t> dimension(std::string_view bytes) {
  Message message(bytes);
  std::int64_t value = -1;
  while (!message.done()) {
    const auto field = message.next();
    if (!field) return field.error();
    const bool known =
        field->number == onnx::kDimensionValue && !field->bytes && field->value <= kMaxDimension;
    if (known) value = static_cast<std::int64_t>(field->value);
  }
  return value;
}

Result<> shape_into(std::string_view value, std::vector<std::vector<std::int64_t>>& shapes) {
  std::string_view inner = value;
  for (const auto number : {onnx::kValueType, onnx::kTypeTensor, onnx::kTensorTypeShape}) {
    const auto next = part(inner, number);
    if (!next) return next.error();
    inner = *next;
  }
  std::vector<std::int64_t>& shape = shapes.emplace_back();
  Message message(inner);
  while (!message.done()) {
    const auto field = message.next();
    if (!field) return field.error();
    if (field->number != onnx::kShapeDimension || !field->bytes) continue;
    if (shape.size() == kMaxDimensions) return damaged("an output of the model file has an impossible shape");
    const auto read = dimension(*field->bytes);
    if (!read) return read.error();
    shape.push_back(*read);
  }
  return {};
}

Result<> graph_into(std::string_view bytes, OnnxOutline& outline) {
  Message message(bytes);
  while (!message.done()) {
    const auto field = message.next();
    if (!field) return field.error();
    if (!field->bytes) continue;
    Result<> read;
    if (field->number == onnx::kGraphNode || field->number == onnx::kGraphInitializer)
      read = whole(*field->bytes);
    if (field->number == onnx::kGraphInput) read = name_into(*field->bytes, outline.inputs);
    if (field->number == onnx::kGraphOutput) read = name_into(*field->bytes, outline.outputs);
    if (!read) return read;
    if (field->number == onnx::kGraphOutput) read = shape_into(*field->bytes, outline.output_shapes);
    if (!read) return read;
  }
  return {};
}

Result<> metadata_into(std::string_view bytes, OnnxOutline& outline) {
  if (outline.metadata.size() >= kMaxEntries) return damaged("the model file has too much metadata");
  const auto key = part(bytes, 1);
  if (!key) return key.error();
  const auto value = part(bytes, 2);
  if (!value) return value.error();
  outline.metadata[std::string(*key)] = *value;
  return {};
}

// A file in memory, page by page as it is looked at.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    struct stat status{};
    if (fstat(file, &status) == 0 && S_ISREG(status.st_mode)) {
      size_ = static_cast<std::size_t>(status.st_size);
      readable_ = true;
      if (size_ > 0) data_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
      if (data_ == MAP_FAILED) readable_ = false;
    }
    close(file);
  }
  ~MappedFile() {
    if (readable_ && data_ != nullptr) munmap(data_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  bool readable() const { return readable_; }
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
  bool readable_ = false;
};

}  // namespace

std::string_view OnnxOutline::value(std::string_view key) const {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string_view() : std::string_view(found->second);
}

Result<OnnxOutline> parse_onnx_outline(std::string_view bytes) {
  OnnxOutline outline;
  Message message(bytes);
  bool graph = false;
  bool operators = false;
  while (!message.done()) {
    const auto field = message.next();
    if (!field) return field.error();
    if (!field->bytes) continue;
    Result<> read;
    if (field->number == onnx::kModelGraph) {
      graph = true;
      read = graph_into(*field->bytes, outline);
    }
    if (field->number == onnx::kModelOperators) operators = true;
    if (field->number == onnx::kModelMetadata) read = metadata_into(*field->bytes, outline);
    if (!read) return read.error();
  }
  if (!graph) return damaged("the file does not hold an ONNX model");
  // The operator set follows the graph: without it the file ends too early.
  if (!operators || outline.inputs.empty() || outline.outputs.empty()) {
    return damaged("the model file is cut short");
  }
  return outline;
}

Result<OnnxOutline> read_onnx_outline(const std::filesystem::path& file) {
  const MappedFile mapped(file);
  if (!mapped.readable()) return Error{ErrorCode::kNotFound, "the model file cannot be read", file.string()};
  auto outline = parse_onnx_outline(mapped.bytes());
  if (!outline) return Error{outline.error().code, outline.error().message, file.string()};
  return outline;
}

}  // namespace parley::inference
