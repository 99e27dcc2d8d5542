// SPDX-License-Identifier: Apache-2.0
// What an ONNX file says of itself without its weights: that it is whole, its metadata, its inputs and
// outputs. Engines that end the process on a bad file see only files that went through this.
#pragma once

#include "runtime/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace parley::inference {

struct OnnxOutline {
  std::map<std::string, std::string, std::less<>> metadata;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  // The dimensions of each output; -1 where the file leaves one open.
  std::vector<std::vector<std::int64_t>> output_shapes;

  // The value of a key; empty when there is none.
  std::string_view value(std::string_view key) const;
};

// UNSUPPORTED_MEDIA when the bytes are not a whole ONNX model: a graph with inputs and outputs, its operator
// set, all lengths as they should be. A few milliseconds, also for a gigabyte: weights are passed over.
runtime::Result<OnnxOutline> parse_onnx_outline(std::string_view bytes);

// The same for a file, which is not read into memory; NOT_FOUND when it cannot be read. The file must not be
// cut while this runs.
runtime::Result<OnnxOutline> read_onnx_outline(const std::filesystem::path& file);

}  // namespace parley::inference
