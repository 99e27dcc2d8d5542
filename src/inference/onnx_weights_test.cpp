// SPDX-License-Identifier: Apache-2.0
#include "inference/onnx_weights.hpp"

#include "inference/testing/onnx_file.hpp"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

using namespace testing;
using Shape = std::vector<std::size_t>;

std::string good_file() {
  return model(
      initializer(tensor("a", {2, 1}, {1.5F, -2})) +
      branch(constant("inner", tensor("ignored", {}, {7})) + constant("b", tensor("", {3}, {1, 2, 3}))));
}

TEST(OnnxWeights, GivesInitializersAndTheConstantsOfBranches) {
  const auto file = OnnxWeights::parse(good_file());
  ASSERT_TRUE(file) << to_string(file.error());
  EXPECT_EQ(file->size(), 3U);
  EXPECT_EQ(*file->floats("a", Shape{2, 1}), (std::vector<float>{1.5F, -2}));
  EXPECT_EQ(*file->floats("inner", {}), std::vector<float>{7});
  EXPECT_EQ(*file->floats("b", Shape{3}), (std::vector<float>{1, 2, 3}));
}

TEST(OnnxWeights, TakesPackedDimensions) {
  const std::string packed = bytes_field(1, varint(2) + varint(1)) + number_field(2, 1) +
                             bytes_field(8, "a") + bytes_field(9, std::string(8, '\0'));
  const auto file = OnnxWeights::parse(model(initializer(packed)));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->floats("a", Shape{2, 1}));
}

TEST(OnnxWeights, RefusesATensorOfAnotherNameOrShape) {
  const auto file = OnnxWeights::parse(good_file());
  ASSERT_TRUE(file);
  EXPECT_EQ(file->floats("c", {}).error().message, "the model file lacks the tensor c");
  EXPECT_EQ(file->floats("a", Shape{1, 2}).error().message, "the model file has another shape of a");
  EXPECT_FALSE(file->floats("a", Shape{2}));
  EXPECT_FALSE(file->floats("a", Shape{2, 1, 1}));
}

TEST(OnnxWeights, RefusesValuesThatAreNoNumbers) {
  const auto file =
      OnnxWeights::parse(model(initializer(tensor("a", {2}, {1, std::numeric_limits<float>::infinity()})) +
                               initializer(tensor("b", {1}, {NAN}))));
  ASSERT_TRUE(file);
  EXPECT_FALSE(file->floats("a", Shape{2}));
  EXPECT_FALSE(file->floats("b", Shape{1}));
}

TEST(OnnxWeights, NeverGivesWhatIsCutShort) {
  const std::string whole = good_file();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto file = OnnxWeights::parse(whole.substr(0, length));
    ASSERT_FALSE(file) << length;
    EXPECT_EQ(file.error().code, runtime::ErrorCode::kUnsupportedMedia);
  }
}

TEST(OnnxWeights, RefusesWhatCannotBe) {
  std::string deep = initializer(tensor("a", {1}, {1}));
  for (int i = 0; i <= OnnxWeights::kMaxDepth; ++i) deep = branch(deep);
  const std::pair<const char*, std::string> cases[] = {
      {"other bytes", std::string(400, '\xff')},
      {"text", "{\"a\": 1}"},
      {"no graph", number_field(1, 10)},
      {"too few values", model(initializer(tensor("a", {3}, {1, 2})))},
      {"too many values", model(initializer(tensor("a", {1}, {1, 2})))},
      {"a size that overflows", model(initializer(tensor("a", {1ULL << 40U, 1ULL << 40U}, {1})))},
      {"a negative dimension", model(initializer(tensor("a", {static_cast<std::size_t>(-1)}, {1})))},
      {"nine dimensions", model(initializer(tensor("a", Shape(9, 1), {1})))},
      {"one name twice", model(initializer(tensor("a", {1}, {1})) + initializer(tensor("a", {1}, {1})))},
      {"a varint without end", model(std::string(20, '\x80'))},
      {"graphs without end", model(deep)},
  };
  for (const auto& [what, bytes] : cases) {
    const auto file = OnnxWeights::parse(bytes);
    ASSERT_FALSE(file) << what;
    EXPECT_EQ(file.error().code, runtime::ErrorCode::kUnsupportedMedia) << what;
  }
}

TEST(OnnxWeights, ReadsNoFileThatIsLongerThanItMayBe) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "parley_onnx_weights_test";
  std::ofstream(path, std::ios::binary) << good_file();
  EXPECT_TRUE(OnnxWeights::read(path, 1000));
  EXPECT_EQ(OnnxWeights::read(path, 20).error().message, "the model file is too long");
  std::filesystem::remove(path);
  EXPECT_EQ(OnnxWeights::read(path, 1000).error().code, runtime::ErrorCode::kNotFound);
}

}  // namespace
}  // namespace parley::inference
