// SPDX-License-Identifier: Apache-2.0
#include "text/pronunciations.hpp"

#include "text/speakable.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

Pronunciations parsed(const std::vector<std::string>& rows) {
  auto all = Pronunciations::parse(rows);
  EXPECT_TRUE(all) << all.error().message;
  return all ? std::move(*all) : Pronunciations();
}

TEST(Pronunciations, ReplaceWordsWhereverTheyStand) {
  const Pronunciations all =
      parsed({"nginx=engine x", "Siobhán = shi vawn", "SQL=sequel", "New Delhi=noo delly"});
  struct Row {
    const char* written;
    const char* spoken;
  };
  for (const Row& row : {
           Row{"Start nginx, please.", "Start engine x, please."},
           Row{"Siobhan and Siobhán's dog", "shi vawn and shi vawn's dog"},
           Row{"The SQL query (sql)", "The sequel query, sequel,"},
           Row{"**NGINX** costs $5", "engine x costs five dollars"},
           Row{"in New Delhi.", "in noo delly."},
           Row{"New shoes", "New shoes"},
           Row{"MySQL", "My S Q L"},
       }) {
    EXPECT_EQ(speakable(row.written, &all).text, row.spoken) << row.written;
  }
}

TEST(Pronunciations, KeepTheSourceOfWords) {
  const Pronunciations all = parsed({"nginx=engine x"});
  const std::string source = "use nginx now";
  const Speakable result = speakable(source, &all);
  ASSERT_EQ(result.words.size(), 4U);
  EXPECT_EQ(
      source.substr(result.words[1].source_start, result.words[1].source_end - result.words[1].source_start),
      "nginx");
  EXPECT_EQ(result.words[2].source_start, result.words[1].source_start);
}

TEST(Pronunciations, TakeTheUsersFirst) {
  const auto own = std::make_shared<const Pronunciations>(parsed({"gif=jif"}));
  const auto shared = std::make_shared<const Pronunciations>(parsed({"gif=ghif", "jpeg=jay peg"}));
  const auto both = Pronunciations::merged(own, shared);
  EXPECT_EQ(speakable("gif jpeg", both.get()).text, "jif jay peg");
  EXPECT_EQ(Pronunciations::merged(own, nullptr), own);
  EXPECT_EQ(Pronunciations::merged(nullptr, shared), shared);
  EXPECT_EQ(Pronunciations::merged(nullptr, nullptr), nullptr);
}

TEST(Pronunciations, RefuseWhatCannotBeSpoken) {
  for (const std::string row :
       {"nginx", "=x", "x=", "x=<speak>", "x=5", "a b c d e=x", "\xFF=x", "☃=snowman"}) {
    const auto all = Pronunciations::parse({row});
    ASSERT_FALSE(all) << row;
    EXPECT_EQ(all.error().code, runtime::ErrorCode::kBadRequest) << row;
  }
  Pronunciations all;
  for (std::size_t i = 0; i < Pronunciations::kMost; ++i) {
    EXPECT_TRUE(all.add("w" + std::to_string(i), "word"));
  }
  EXPECT_FALSE(all.add("one more", "word"));
  EXPECT_TRUE(all.add("w7", "other"));
}

}  // namespace
}  // namespace parley::text
