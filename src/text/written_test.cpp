// SPDX-License-Identifier: Apache-2.0
#include "text/written.hpp"

#include <string>

#include <gtest/gtest.h>

namespace parley::text {
namespace {

struct Row {
  const char* spoken;
  const char* written;
};

void expect_rows(std::initializer_list<Row> rows) {
  for (const Row& row : rows) EXPECT_EQ(written_text(row.spoken), row.written) << row.spoken;
}

// What is common is in tests/golden/spoken_to_written.tsv; here is what must not go wrong.
TEST(WrittenText, IsEmptyForNothing) { expect_rows({{"", ""}, {" ", ""}}); }

TEST(WrittenText, TakesSingleWords) {
  expect_rows({{"yes", "Yes."},
               {"i", "I."},
               {"a", "A."},
               {"point", "Point."},
               {"oh", "Oh."},
               {"minus", "Minus."},
               {"hundred", "Hundred."},
               {"why", "Why?"},
               {"one", "One."},
               {"twelve", "12."}});
}

TEST(WrittenText, KeepsWordsThatOnlySoundLikeNumbers) {
  expect_rows({{"one of them may second it", "One of them may second it."},
               {"no one won", "No one won."},
               {"he may march on", "He may march on."},
               {"to the point", "To the point."},
               {"a quarter of them", "A quarter of them."},
               {"it happened at once", "It happened at once."},
               {"the dot com years", "The dot com years."},
               {"hundreds and thousands", "Hundreds and thousands."}});
}

TEST(WrittenText, EndsOnceWhereAnAbbreviationEndsTheSentence) {
  expect_rows({{"we open at nine a m", "We open at 9 a.m."}, {"is it nine a m", "Is it 9 a.m.?"}});
}

TEST(WrittenText, TakesHyphensAndDotsOfRecognizers) {
  expect_rows({{"twenty-five people", "25 people."},
               {"at nine a.m. sharp", "At 9 a.m. sharp."},
               {"the u.s. market", "The US market."}});
}

TEST(WrittenText, GrowsWithItsWords) {
  // Partials are written again and again: half a number must not throw or hang.
  const std::string spoken =
      "on march third twenty twenty five we paid two million three hundred thousand dollars and fifty cents "
      "to john dot "
      "smith at mail dot example dot com at half past nine p m call five five five one two three four";
  for (std::size_t end = 0; end <= spoken.size(); ++end) {
    const std::string text = written_text(std::string_view(spoken).substr(0, end));
    EXPECT_EQ(text.empty(), end == 0) << end;
  }
}

}  // namespace
}  // namespace parley::text
