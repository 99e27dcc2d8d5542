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

Task<> answer_in_writing(Harness& h, std::size_t turns) {
  EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kUser, "When does the shop open?"));
  EXPECT_TRUE(h.session->create_response({}));
  const bool done = co_await h.recorder.wait_for<TurnCompleted>(turns);
  EXPECT_TRUE(done);
}

// Of a minute: it is made until it is twenty seconds ahead of its playback.
Task<> begin_long_answer(Harness& h) {
  h.model->pieces.assign(60, "The shop opens at ten. ");
  EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kUser, "When does the shop open?"));
  EXPECT_TRUE(h.session->create_response({}));
  const bool started = co_await h.recorder.wait_for<ResponseAudio>();
  EXPECT_TRUE(started);
}

TEST(SessionAnswers, ThatBreakOffAreRememberedAsFarAsTheyWereSpoken) {
  Harness harness;
  harness.synthesizer->failure = runtime::Error{ErrorCode::kTtsFailed, "hoarse"};
  harness.synthesizer->fails_behind = 1;
  harness.run([](Harness& h) -> Task<> {
    co_await answer_in_writing(h, 1);
    const HistoryItem& answer = h.session->history().items().back();
    EXPECT_EQ(answer.text, "The shop opens at ten.");
    EXPECT_FALSE(answer.completed);
  });
  EXPECT_EQ(harness.recorder.all<ResponseDone>().at(0).status, ResponseStatus::kFailed);
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
