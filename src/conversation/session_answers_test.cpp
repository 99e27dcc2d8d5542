// SPDX-License-Identifier: Apache-2.0
// Answers that are asked for, and break off, while something else is going on.
#include "conversation/testing/session_harness.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::ErrorCode;
using runtime::Task;
using testing::Harness;

TEST(SessionAnswers, CanBeAskedForInWritingForeverAndEver) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    for (std::size_t i = 0; i <= History::kMaxItems; ++i) {
      EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kUser, "When?"));
    }
    co_return;
  });
}

}  // namespace
}  // namespace parley::conversation
