// SPDX-License-Identifier: Apache-2.0
#include "inference/onnx_outline.hpp"

#include "inference/testing/models.hpp"
#include "inference/testing/onnx_file.hpp"

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

using namespace testing;
using runtime::ErrorCode;

std::string whole() { return network({"x", "state"}, {"y"}, {{"model_type", "zipformer2"}, {"T", "45"}}); }

TEST(OnnxOutline, TellsMetadataInputsAndOutputs) {
  const auto outline = parse_onnx_outline(whole());
  ASSERT_TRUE(outline) << outline.error().message;
  EXPECT_EQ(outline->inputs, (std::vector<std::string>{"x", "state"}));
  EXPECT_EQ(outline->outputs, std::vector<std::string>{"y"});
  EXPECT_EQ(outline->value("T"), "45");
  EXPECT_EQ(outline->value("model_type"), "zipformer2");
  EXPECT_EQ(outline->value("absent"), "");
}

TEST(OnnxOutline, TellsTheShapesOfOutputs) {
  const auto outline = parse_onnx_outline(network({"x"}, {"y", "z"}, {}, {1, -1, 6}));
  ASSERT_TRUE(outline) << outline.error().message;
  const std::vector<std::int64_t> shape{1, -1, 6};
  EXPECT_EQ(outline->output_shapes, (std::vector<std::vector<std::int64_t>>{shape, shape}));
  const auto none = parse_onnx_outline(whole());
  ASSERT_TRUE(none);
  EXPECT_EQ(none->output_shapes, std::vector<std::vector<std::int64_t>>(1));
  EXPECT_FALSE(parse_onnx_outline(network({"x"}, {"y"}, {}, std::vector<std::int64_t>(17, 1))));
}

TEST(OnnxOutline, RefusesAFileThatWasCutAnywhereBeforeItsMetadata) {
  const std::string bytes = whole();
  const auto needed = bytes.find("model_type") - 4;
  for (std::size_t length = 0; length < needed; ++length) {
    const auto outline = parse_onnx_outline(std::string_view(bytes).substr(0, length));
    ASSERT_FALSE(outline) << length;
    EXPECT_EQ(outline.error().code, ErrorCode::kUnsupportedMedia);
  }
}

TEST(OnnxOutline, RefusesWhatIsNoModel) {
  for (const std::string& bytes : {std::string("<html>not found</html>"), std::string(1000, '\0'),
                                   number_field(1, 10), model(""), content_of(5000)}) {
    EXPECT_FALSE(parse_onnx_outline(bytes));
  }
}

TEST(OnnxOutline, NamesTheFile) {
  const Folder folder;
  const auto absent = read_onnx_outline(folder.path() / "model.onnx");
  EXPECT_EQ(absent.error().code, ErrorCode::kNotFound);
  write_file(folder.path() / "model.onnx", whole().substr(0, 30));
  const auto cut = read_onnx_outline(folder.path() / "model.onnx");
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(cut.error().param, (folder.path() / "model.onnx").string());
  EXPECT_FALSE(read_onnx_outline(folder.path())) << "a folder is no file";
}

}  // namespace
}  // namespace parley::inference
