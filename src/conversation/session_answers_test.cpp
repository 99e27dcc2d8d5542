// SPDX-License-Identifier: Apache-2.0
// Answers that are asked for, and break off, while something else is going on.
#include "conversation/testing/session_harness.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::ErrorCode;
using runtime::Task;
using testing::begin_long_answer;
using testing::Harness;
using testing::Timed;

const ResponseOverrides kOther{.instructions = "Speak like a pirate.", .metadata = {{"crew", "all"}}};

Task<> answer_in_writing(Harness& h, std::size_t turns) {
  EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kUser, "When does the shop open?"));
  EXPECT_TRUE(h.session->create_response({}));
  const bool done = co_await h.recorder.wait_for<TurnCompleted>(turns);
  EXPECT_TRUE(done);
}

void say_something(Harness& h) {
  h.session->append_audio(std::vector<std::int16_t>(16000, 100));
  EXPECT_TRUE(h.session->commit_audio());
}

struct PushToTalk : Harness {
  PushToTalk() {
    options.turn.server_vad = false;
    options.turn.create_response = false;
  }
};

TEST(SessionAnswers, AskedForWhileAnotherPlaysAreMadeAsTheyWereAskedFor) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    co_await answer_in_writing(h, 1);
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
    EXPECT_TRUE(h.session->create_response(kOther));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>(2);
    EXPECT_TRUE(done);
  });
  EXPECT_EQ(harness.recorder.all<ResponseStarted>().at(1).metadata, kOther.metadata);
  EXPECT_EQ(harness.model->requests.at(1).instructions, *kOther.instructions);
}

TEST(SessionAnswers, OfWhoPushesToTalkOverAnAnswerTakeItsPlace) {
  PushToTalk harness;
  harness.run([](Harness& h) -> Task<> {
    co_await answer_in_writing(h, 1);
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
    say_something(h);
    EXPECT_TRUE(h.session->create_response(kOther));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>(2);
    EXPECT_TRUE(done);
  });
  ASSERT_EQ(harness.recorder.all<ResponseDone>().size(), 2U);
  EXPECT_EQ(harness.recorder.all<ResponseStarted>().at(1).metadata, kOther.metadata);
  EXPECT_EQ(harness.recorder.all<TurnCompleted>().at(1).record.transcript, harness.recognizer->words);
}

TEST(SessionAnswers, AreNotAskedForWhileAnotherIsMade) {
  PushToTalk harness;
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    say_something(h);
    EXPECT_EQ(h.session->create_response(kOther).error().code, ErrorCode::kConflict);
    const bool heard = co_await h.recorder.wait_for<TranscriptCompleted>();
    EXPECT_TRUE(heard);
    EXPECT_TRUE(h.session->cancel_response());
  });
  EXPECT_EQ(harness.recorder.all<ResponseDone>().size(), 1U);
}

TEST(SessionAnswers, AreNoneTheWorseForARecogniserThatFailsMeanwhile) {
  PushToTalk harness;
  harness.recognizer->failure = runtime::Error{ErrorCode::kAsrFailed, "broken"};
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    say_something(h);
    const bool failed = co_await h.recorder.wait_for<TranscriptFailed>();
    EXPECT_TRUE(failed);
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
    EXPECT_TRUE(h.session->cancel_response());
  });
  EXPECT_EQ(harness.recorder.all<ResponseDone>().size(), 1U);
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

TEST(SessionAnswers, WhoGivesUpOneAnswerAfterAnotherIsMadeToWait) {
  Timed harness;
  harness.run([](Harness& h) -> Task<> {
    for (int i = 0; i <= 20; ++i) {
      EXPECT_FALSE(h.session->far_behind()) << i;
      EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kUser, "When is the shop open?"));
      EXPECT_TRUE(h.session->create_response({}));
      EXPECT_TRUE(h.session->cancel_response());
    }
    EXPECT_TRUE(h.session->far_behind());
    static_cast<Timed&>(h).standing->advance(200ms);
    EXPECT_FALSE(h.session->far_behind());
    co_return;
  });
}

}  // namespace
}  // namespace parley::conversation
