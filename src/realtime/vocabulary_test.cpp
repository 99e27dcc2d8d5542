// SPDX-License-Identifier: Apache-2.0
#include "realtime/vocabulary.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using Words = std::vector<std::string>;

Words read(std::string_view json, Words before = {}) {
  const auto done = read_vocabulary(boost::json::parse(json), before);
  EXPECT_TRUE(done) << json;
  return before;
}

TEST(Vocabulary, IsKeywordsAndThePhrasesOfThePrompt) {
  EXPECT_EQ(read(R"({"keywords": ["Kestrel", " Ulverton ", ""]})"), (Words{"Kestrel", "Ulverton"}));
  EXPECT_EQ(read(R"({"prompt": "Kestrel 2.5, Flowmatic valve;\nDr. Okonkwo"})"),
            (Words{"Kestrel 2.5", "Flowmatic valve", "Dr", "Okonkwo"}));
  EXPECT_EQ(read(R"({"prompt": "Expect words of heating. Is that all?", "keywords": ["Kestrel"]})"),
            (Words{"Kestrel", "Expect words of heating", "Is that all"}));
}

TEST(Vocabulary, StaysUntilItIsNamedAgain) {
  EXPECT_EQ(read(R"({"language": "en"})", {"Kestrel"}), Words{"Kestrel"});
  EXPECT_EQ(read("null", {"Kestrel"}), Words{"Kestrel"});
  EXPECT_EQ(read(R"({"prompt": null})", {"Kestrel"}), Words{});
  EXPECT_EQ(read(R"({"keywords": []})", {"Kestrel"}), Words{});
}

TEST(Vocabulary, IsBounded) {
  boost::json::array many(201, "word");
  std::string list;
  for (int i = 0; i < 201; ++i) list += "word,";
  const boost::json::value cases[] = {
      {{"keywords", many}}, {{"keywords", {std::string(201, 'a')}}}, {{"keywords", "Kestrel"}},
      {{"keywords", {1}}},  {{"prompt", std::string(8193, 'a')}},    {{"prompt", 5}},
      {{"prompt", list}},
  };
  for (const auto& each : cases) {
    Words words{"kept"};
    const auto done = read_vocabulary(each, words);
    ASSERT_FALSE(done) << each;
    EXPECT_EQ(done.error().code, runtime::ErrorCode::kBadRequest);
    EXPECT_TRUE(done.error().param.starts_with("session.audio.input.transcription.")) << done.error().param;
    EXPECT_EQ(words, Words{"kept"});
  }
}

}  // namespace
}  // namespace parley::realtime
