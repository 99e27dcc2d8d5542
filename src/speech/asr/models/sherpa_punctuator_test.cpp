// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/sherpa_punctuator.hpp"

#include "inference/testing/models.hpp"
#include "speech/testing/digits.hpp"
#include "speech/testing/punctuation.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

namespace fs = std::filesystem;
using inference::testing::Folder;
using runtime::ErrorCode;
using runtime::Result;

class SherpaPunctuatorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(testing::sherpa_onnx_library())) {
      GTEST_SKIP() << "sherpa-onnx is not installed: tools/npm_ci.sh tests/models";
    }
  }

  static Result<std::shared_ptr<const Punctuator>> load(const fs::path& folder) {
    const auto library = inference::SherpaOnnx::open(testing::sherpa_onnx_library());
    if (!library) return library.error();
    const auto model = inference::inspect_sherpa_model(folder);
    if (!model) return model.error();
    return load_sherpa_punctuator(**library, *model);
  }
};

TEST_F(SherpaPunctuatorTest, PutsMarksAndCapitalsIntoWhatItWasNotTrainedOn) {
  const auto online = load(testing::punctuation_folder() / "online");
  ASSERT_TRUE(online) << to_string(online.error());
  const auto offline = load(testing::punctuation_folder() / "offline");
  ASSERT_TRUE(offline) << to_string(offline.error());
  const auto sentences = testing::punctuated_sentences();
  ASSERT_GE(sentences.size(), 90U);
  for (const auto& [spoken, written] : sentences) {
    const auto with_case = (*online)->punctuate(spoken);
    ASSERT_TRUE(with_case);
    EXPECT_EQ(*with_case, written);
    const auto marks = (*offline)->punctuate(spoken);
    ASSERT_TRUE(marks);
    EXPECT_DOUBLE_EQ(marks_right(written, *marks), 1) << *marks;
  }
}

TEST_F(SherpaPunctuatorTest, TakesTextsOfManyRowsAndRefusesWhatIsTooLong) {
  std::string long_text;
  for (int i = 0; i < 300; ++i) long_text += "open the door ";
  for (const char* kind : {"online", "offline"}) {
    const auto punctuator = load(testing::punctuation_folder() / kind);
    ASSERT_TRUE(punctuator);
    const auto marked = (*punctuator)->punctuate(long_text);
    ASSERT_TRUE(marked) << kind;
    EXPECT_EQ(without_marks(*marked).find("open the door"), 0U) << kind;
    for (const std::string& bad : {std::string(), std::string("   "), std::string(30'000, 'a')}) {
      EXPECT_EQ((*punctuator)->punctuate(bad).error().code, ErrorCode::kBadRequest) << kind;
    }
    EXPECT_TRUE((*punctuator)->punctuate("\xFF\xFE qqq \xE4\xBD\xA0")) << kind;
  }
  const auto rows = load(testing::punctuation_folder() / "online");
  EXPECT_EQ((*rows)->punctuate("open " + std::string(300, 'x')).error().code, ErrorCode::kBadRequest);
}

TEST_F(SherpaPunctuatorTest, ADamagedModelIsAnError) {
  for (const char* kind : {"online", "offline"}) {
    const Folder folder;
    const auto copy = folder.path() / kind;
    fs::copy(testing::punctuation_folder() / kind, copy);
    std::string bytes = inference::testing::read_file(copy / "model.onnx");
    // A network that ONNX Runtime cannot make: one of its kinds of nodes has another name.
    const auto at = bytes.find("Relu");
    ASSERT_NE(at, std::string::npos);
    bytes.replace(at, 4, "Rule");
    inference::testing::write_file(copy / "model.onnx", bytes);
    EXPECT_EQ(load(copy).error().code, ErrorCode::kUnsupportedMedia);
    fs::resize_file(copy / "model.onnx", bytes.size() / 2);
    EXPECT_EQ(load(copy).error().code, ErrorCode::kUnsupportedMedia);
  }
}

}  // namespace
}  // namespace parley::speech
