// SPDX-License-Identifier: Apache-2.0
// The weights inside an ONNX file, for networks that Parley computes itself: initializers and constants, also
// those of the branches of an If (onnx.proto3, IR version 10, in the protobuf wire format). Nothing of a file
// is believed before it was checked.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::inference {

// Errors of all of it: NOT_FOUND when there is no such file, UNSUPPORTED_MEDIA when its content is not what
// it should be (another format, cut short, too long, another network).
class OnnxWeights {
 public:
  static constexpr std::size_t kMaxTensors = 10'000;
  static constexpr int kMaxDepth = 8;  // of graphs in graphs

  // Reads at most `max_bytes`; a longer file is refused.
  static runtime::Result<OnnxWeights> read(const std::filesystem::path& file, std::size_t max_bytes);
  // Takes the bytes of a whole file.
  static runtime::Result<OnnxWeights> parse(std::string bytes);

  // The tensors of 32-bit floats stored in the file itself.
  std::size_t size() const { return tensors_.size(); }

  // The values of a tensor of exactly this shape, in row-major order; all of them finite. An initializer goes
  // by its name, a constant by that of the node's output.
  runtime::Result<std::vector<float>> floats(std::string_view name, std::span<const std::size_t> shape) const;

 private:
  struct Tensor {
    std::vector<std::size_t> shape;
    std::size_t begin = 0;  // in bytes_
    std::size_t bytes = 0;
  };
  class Parser;

  std::string bytes_;
  std::map<std::string, Tensor, std::less<>> tensors_;
};

}  // namespace parley::inference
