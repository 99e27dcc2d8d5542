// SPDX-License-Identifier: Apache-2.0
// What a session keeps and tells when something is refused, fails or is overtaken.
#include "conversation/session.hpp"
#include "conversation/testing/session_harness.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::ErrorCode;
using runtime::Task;
using testing::Harness;
using testing::silence;
using testing::voice;

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

TEST(Session, AnAnswerThatWaitsForWordsFailsWithTheRecogniser) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.options.turn.create_response = false;
  harness.recognizer->failure = runtime::Error{ErrorCode::kAsrFailed, "broken"};
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "What was asked before?"));
    h.session->append_audio(std::vector<std::int16_t>(16000, 100));
    EXPECT_TRUE(h.session->commit_audio());
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>();
    EXPECT_TRUE(done);
    EXPECT_EQ(h.session->state(), SessionState::kIdle);
    h.recognizer->failure.reset();
    h.session->append_audio(std::vector<std::int16_t>(16000, 100));
    EXPECT_TRUE(h.session->commit_audio());
    EXPECT_TRUE(h.session->create_response({}));
    const bool answered = co_await h.recorder.wait_for<TurnCompleted>(2);
    EXPECT_TRUE(answered);
  });
  const auto said = harness.recorder.all<UserInputCommitted>();
  const auto done = harness.recorder.all<ResponseDone>();
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(harness.recorder.all<ResponseStarted>().at(0).response_id, done[0].response_id);
  EXPECT_EQ(done[0].status, ResponseStatus::kFailed);
  EXPECT_EQ(done[0].error->code, ErrorCode::kAsrFailed);
  EXPECT_EQ(harness.recorder.all<TurnCompleted>().at(0).record.item_id, said.at(0).item_id);
  EXPECT_EQ(done[1].status, ResponseStatus::kCompleted);
  EXPECT_EQ(harness.model->requests.size(), 1U) << "an older question is not answered instead";
}

TEST(Session, AnUtteranceThatFailsTakesNoAnswerFromTheOneBefore) {
  Harness harness;
  harness.config.max_push_to_talk = 10min;
  harness.options.turn.server_vad = false;
  harness.options.turn.create_response = false;
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(std::vector<std::int16_t>(16000, 100));
    EXPECT_TRUE(h.session->commit_audio());
    EXPECT_TRUE(h.session->create_response({}));
    h.session->append_audio(std::vector<std::int16_t>(6 * 60 * 16000));  // more than it can keep
    const bool failed = co_await h.recorder.wait_for<TranscriptFailed>();
    EXPECT_TRUE(failed);
    const bool answered = co_await h.recorder.wait_for<TurnCompleted>();
    EXPECT_TRUE(answered);
  });
  EXPECT_EQ(harness.recorder.all<ResponseDone>().at(0).status, ResponseStatus::kCompleted);
}

TEST(Session, AnAnswerThatWaitsForWordsIsToldOfWhenItIsCancelled) {
  for (const bool by_speech : {false, true}) {
    Harness harness;
    harness.options.turn.create_response = false;
    const auto cancel = by_speech ? [](Harness& h) { h.session->append_audio(voice(1s)); }
                                  : [](Harness& h) { EXPECT_TRUE(h.session->cancel_response()); };
    harness.start();
    harness.io.run([](Harness* h, void (*cancels)(Harness&)) -> Task<> {
      h->session->append_audio(voice(1s));
      h->session->append_audio(silence(3s));
      EXPECT_EQ(h->session->state(), SessionState::kProcessing);
      EXPECT_TRUE(h->session->create_response({}));
      cancels(*h);
      co_await h->session->close();
    }(&harness, cancel));
    ASSERT_EQ(harness.recorder.all<ResponseStarted>().size(), 1U);
    const auto done = harness.recorder.all<ResponseDone>();
    ASSERT_EQ(done.size(), 1U);
    EXPECT_EQ(done[0].status, ResponseStatus::kCancelled);
    EXPECT_EQ(done[0].reason, by_speech ? "turn_detected" : "client_cancelled");
  }
}

}  // namespace
}  // namespace parley::conversation
