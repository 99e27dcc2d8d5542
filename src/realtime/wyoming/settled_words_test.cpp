// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/settled_words.hpp"

#include <gtest/gtest.h>

namespace parley::realtime::wyoming {
namespace {

TEST(SettledWords, TellsAWordWhenItHasStayedAndAnotherFollows) {
  SettledWords words;
  EXPECT_EQ(words.next("Whe"), "");
  EXPECT_EQ(words.next("When is"), "");
  EXPECT_EQ(words.next("When is the shock"), "When is");
  EXPECT_EQ(words.next("When is the shop open"), " the");
  EXPECT_EQ(words.next("When is the shop open"), " shop");  // "open" may become "opening"
  EXPECT_EQ(words.last("When is the shop open?"), " open?");
}

TEST(SettledWords, WhatWasToldStays) {
  SettledWords words;
  EXPECT_EQ(words.next("it costs twenty five"), "");
  EXPECT_EQ(words.next("it costs twenty six"), "it costs twenty");
  EXPECT_EQ(words.next("it costs"), "");
  EXPECT_EQ(words.next("it"), "");
  EXPECT_EQ(words.last("It costs 26 euros."), " euros.");
  EXPECT_EQ(SettledWords().last(""), "");
}

TEST(SettledWords, TogetherTheyAreTheFinalTextWhereNothingChanged) {
  SettledWords words;
  std::string told;
  for (const char* text : {"a", "a b", "a b c", "a b c d", "a b c d e"}) told += words.next(text);
  told += words.last("a b c d e f");
  EXPECT_EQ(told, "a b c d e f");
}

}  // namespace
}  // namespace parley::realtime::wyoming
