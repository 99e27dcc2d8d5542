// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/readable_text.hpp"

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

TEST(ReadableText, WritesWhatCanBeKnown) {
  struct Row {
    const char* spoken;
    const char* text;
  };
  for (const Row& row : {
           Row{"", ""},
           Row{"the office closes at six", "The office closes at six."},
           Row{"who is mister smith", "Who is Mr. Smith?"},
           Row{"it costs five dollars at nine thirty", "It costs $5 at 9:30."},
           Row{"i think i'm late", "I think I'm late."},
           Row{"how many days of leave do i have", "How many days of leave do I have?"},
           Row{"yes", "Yes."},
       }) {
    EXPECT_EQ(readable_text(row.spoken), row.text);
  }
}

}  // namespace
}  // namespace parley::speech
