// SPDX-License-Identifier: Apache-2.0
// The numbers of the fields of onnx.proto3 (IR version 10) that Parley reads.
#pragma once

#include <cstdint>

namespace parley::inference::onnx {

inline constexpr std::uint64_t kModelGraph = 7;
inline constexpr std::uint64_t kModelOperators = 8;
inline constexpr std::uint64_t kModelMetadata = 14;
inline constexpr std::uint64_t kGraphNode = 1;
inline constexpr std::uint64_t kGraphInitializer = 5;
inline constexpr std::uint64_t kGraphInput = 11;
inline constexpr std::uint64_t kGraphOutput = 12;
inline constexpr std::uint64_t kNodeOutput = 2;
inline constexpr std::uint64_t kNodeAttribute = 5;
inline constexpr std::uint64_t kAttributeTensor = 5;
inline constexpr std::uint64_t kAttributeGraph = 6;
inline constexpr std::uint64_t kTensorDimensions = 1;
inline constexpr std::uint64_t kTensorType = 2;
inline constexpr std::uint64_t kTensorName = 8;
inline constexpr std::uint64_t kTensorRaw = 9;
inline constexpr std::uint64_t kTypeFloat = 1;
inline constexpr std::uint64_t kValueName = 1;  // of an input or output
inline constexpr std::uint64_t kValueType = 2;
inline constexpr std::uint64_t kTypeTensor = 1;
inline constexpr std::uint64_t kTensorTypeShape = 2;
inline constexpr std::uint64_t kShapeDimension = 1;
inline constexpr std::uint64_t kDimensionValue = 1;

}  // namespace parley::inference::onnx
