// SPDX-License-Identifier: Apache-2.0
#include "language/token_estimate.hpp"

#include <gtest/gtest.h>

namespace parley::language {
namespace {

TEST(TokenEstimate, CountsPiecesOfWordsAndOtherCharacters) {
  EXPECT_EQ(estimated_tokens(""), 0);
  EXPECT_EQ(estimated_tokens("  \n"), 0);
  EXPECT_EQ(estimated_tokens("When is the shop open?"), 6);
  EXPECT_EQ(estimated_tokens("internationally"), 4);
  EXPECT_EQ(estimated_tokens("\xC3\xA4\xC3\xB6"), 2) << "two letters outside of ASCII";
  EXPECT_EQ(estimated_tokens("\xE4\xBD\xA0\xE5\xA5\xBD"), 2) << "two characters of Chinese";
}

TEST(TokenEstimate, CountsCallsToo) {
  const Message bare{ChatRole::kAssistant, "ok"};
  Message calling = bare;
  calling.calls.push_back({"1", "weather", R"({"city":"Graz"})"});
  EXPECT_GT(estimated_tokens(calling), estimated_tokens(bare) + 4);
}

}  // namespace
}  // namespace parley::language
