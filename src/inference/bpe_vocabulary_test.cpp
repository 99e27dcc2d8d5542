// SPDX-License-Identifier: Apache-2.0
#include "inference/bpe_vocabulary.hpp"

#include "inference/testing/models.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

using namespace testing;
using runtime::ErrorCode;

TEST(BpeVocabulary, TakesPiecesWithScores) {
  const Folder folder;
  const auto file = folder.path() / "bpe.vocab";
  for (const char* content : {"<unk>\t0\n\u2581the\t-1.5\na\t-2\n", "a -1", "a -1\na -2\n"}) {
    write_file(file, content);
    EXPECT_TRUE(check_bpe_vocabulary(file)) << content;
  }
}

TEST(BpeVocabulary, RefusesWhatTheEngineWouldEndTheProcessOn) {
  const Folder folder;
  const auto file = folder.path() / "bpe.vocab";
  EXPECT_EQ(check_bpe_vocabulary(file).error().code, ErrorCode::kNotFound);
  for (const std::string content :
       {"", "\n", "a\n", "a b\n", "a -1\n\nb -2\n", "a nan\n", "<0x00> 0\n<0x01> 0\n"}) {
    write_file(file, content);
    const auto checked = check_bpe_vocabulary(file);
    ASSERT_FALSE(checked) << content;
    EXPECT_EQ(checked.error().code, ErrorCode::kUnsupportedMedia);
    EXPECT_EQ(checked.error().param, file.string());
  }
}

}  // namespace
}  // namespace parley::inference
