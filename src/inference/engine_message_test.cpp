// SPDX-License-Identifier: Apache-2.0
#include "inference/engine_message.hpp"

#include <gtest/gtest.h>

namespace parley::inference {
namespace {

using Samples = std::vector<std::int16_t>;

std::string whole() {
  EngineMessageWriter to;
  to.number(7);
  to.integer(-3);
  to.real(0.25);
  to.text("words");
  to.samples(Samples{1, -2, 3});
  to.text("");
  return to.take();
}

TEST(EngineMessage, ReadsWhatWasWritten) {
  const auto message = whole();
  EngineMessageReader from(message);
  EXPECT_EQ(from.number(), 7);
  EXPECT_EQ(from.integer(), -3);
  EXPECT_EQ(from.real(), 0.25);
  EXPECT_EQ(from.text(), "words");
  EXPECT_EQ(from.samples(), (Samples{1, -2, 3}));
  EXPECT_FALSE(from.ended());
  EXPECT_EQ(from.text(), "");
  EXPECT_TRUE(from.ended());
}

TEST(EngineMessage, AMessageThatIsCutAnywhereIsNotGood) {
  const auto message = whole();
  for (std::size_t size = 0; size < message.size(); ++size) {
    EngineMessageReader from(std::string_view(message).substr(0, size));
    from.number();
    from.integer();
    from.real();
    from.text();
    from.samples();
    from.text();
    EXPECT_FALSE(from.good()) << size;
    EXPECT_EQ(from.integer(), 0) << size;
  }
}

TEST(EngineMessage, NumbersOfThingsThatCannotBeThereAreNone) {
  for (const std::int64_t count : {std::int64_t{-1}, std::int64_t{6}, INT64_MIN, INT64_MAX}) {
    EngineMessageWriter to;
    to.integer(count);
    to.text("abc");  // 11 bytes
    const auto message = to.take();
    EngineMessageReader listing(message);
    EXPECT_EQ(listing.count(2), 0U) << count;
    EXPECT_FALSE(listing.good()) << count;
    EngineMessageReader samples(message);
    EXPECT_TRUE(samples.samples().empty()) << count;
    EXPECT_FALSE(samples.good()) << count;
  }
}

}  // namespace
}  // namespace parley::inference
