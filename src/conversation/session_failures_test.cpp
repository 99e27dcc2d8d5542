// SPDX-License-Identifier: Apache-2.0
// What a session keeps and tells when something is refused.
#include "conversation/session.hpp"
#include "conversation/testing/session_harness.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using runtime::ErrorCode;
using runtime::Task;
using testing::Harness;

TEST(Session, ForgetsNothingForAMessageThatIsRefused) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    const auto add = [&h](const std::string& id, std::string text) {
      return h.session->add_message(id, language::ChatRole::kUser, std::move(text));
    };
    for (std::size_t i = 0; i < History::kMaxItems; ++i) EXPECT_TRUE(add("m" + std::to_string(i), "x"));
    EXPECT_EQ(add("m7", "again").error().code, ErrorCode::kConflict);
    EXPECT_EQ(add("long", std::string(History::kMaxBytes + 1, 'x')).error().code,
              ErrorCode::kPayloadTooLarge);
    EXPECT_EQ(h.session->history().items().size(), History::kMaxItems);
    EXPECT_TRUE(add("one more", "x"));
    EXPECT_EQ(h.session->history().find("m0"), nullptr);
    EXPECT_NE(h.session->history().find("m1"), nullptr);
    co_return;
  });
}

}  // namespace
}  // namespace parley::conversation
