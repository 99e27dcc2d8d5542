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

// Of a minute: it is made until it is twenty seconds ahead of its playback.
Task<> begin_long_answer(Harness& h) {
  h.model->pieces.assign(60, "The shop opens at ten. ");
  EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kUser, "When does the shop open?"));
  EXPECT_TRUE(h.session->create_response({}));
  const bool started = co_await h.recorder.wait_for<ResponseAudio>();
  EXPECT_TRUE(started);
}

TEST(SessionAnswers, AreWrittenToTheirEndHoweverSlowlyTheyAreSpoken) {
  Harness harness;
  harness.model->left_open = true;
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    const auto deadline = runtime::SystemClock().now() + 20s;
    language::ChatDelta more;
    more.text = "It closes at six. ";
    for (int i = 0; i < 1000; ++i) {
      const auto written = co_await h.model->rest.send(more, deadline);
      EXPECT_TRUE(written);
      if (!written) break;
    }
    EXPECT_TRUE(h.session->cancel_response());
  });
}

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
