// SPDX-License-Identifier: Apache-2.0
// Answers that are begun before the end of their questions.
#include "conversation/draft.hpp"
#include "conversation/testing/session_harness.hpp"

#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::Task;
using testing::Harness;
using testing::silence;
using testing::voice;

constexpr const char* kQuestion = "when does the shop open";

// Is sure of its words once it has heard them all, and may change its mind at the end.
class EarlyRecognizer final : public speech::Recognizer {
 public:
  EarlyRecognizer(runtime::Executor executor, std::string at_last)
      : at_last_(std::move(at_last)), tasks_(std::move(executor)) {}
  speech::EngineInfo info() const override { return {"early", "local"}; }
  runtime::Stream<speech::Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm> audio,
                                                speech::RecognizeOptions) override {
    auto [stream, writer] = runtime::make_stream<speech::Transcript>(8);
    tasks_.spawn(listen(std::move(audio), std::move(writer), at_last_));
    return std::move(stream);
  }

 private:
  static constexpr std::int64_t kHeard = 16000 * 5 / 4;

  static Task<> listen(runtime::Stream<audio::Pcm> audio, runtime::StreamWriter<speech::Transcript> writer,
                       std::string at_last) {
    speech::Transcript transcript;
    for (;;) {
      const auto block = co_await audio.next();
      if (!block) co_return;
      if (!block->has_value()) break;
      transcript.processed += static_cast<std::int64_t>((*block)->samples.size());
      if (!transcript.spoken.empty() || transcript.processed < kHeard) continue;
      transcript.spoken = transcript.text = kQuestion;
      static_cast<void>(writer.push(transcript));
    }
    transcript.spoken = transcript.text = at_last;
    transcript.is_final = true;
    static_cast<void>(writer.push(std::move(transcript)));
  }

  std::string at_last_;
  runtime::TaskGroup tasks_;
};

struct Conversation {
  std::string at_last = kQuestion;
  std::string where = "local";
  std::string policy = "auto";
  std::optional<std::string> meanwhile = std::nullopt;  // a client adds this
  std::size_t asked_ahead = 0;                          // of the model, before the end of the question
  std::size_t said_ahead = 0;                           // likewise, of the synthesizer
  std::size_t told_ahead = 0;                           // to the client, of an answer
  std::size_t remembered_ahead = 0;
  std::vector<language::ChatRequest> requests = {};
  std::vector<std::string> spoken = {};
  std::vector<ResponseDone> done = {};
  std::vector<ResponseAudio> audio = {};
};

struct Listener : Harness {
  Conversation conversation;
};

Task<> ask(Harness& h) {
  Conversation& now = static_cast<Listener&>(h).conversation;
  h.session->append_audio(voice(1s));
  h.session->append_audio(silence(400ms));
  const bool understood = co_await h.recorder.wait_for<TranscriptChanged>();
  EXPECT_TRUE(understood);
  for (int others = 0; others < 20; ++others) {
    // What the words lead to happens in waits.
    runtime::Signal never;
    const bool told = co_await never.wait(runtime::SystemClock().now());
    EXPECT_FALSE(told);
  }
  now.asked_ahead = h.model->requests.size();
  now.said_ahead = h.synthesizer->spoken.size();
  now.told_ahead = h.recorder.all<ResponseStarted>().size() + h.recorder.all<ResponseText>().size() +
                   h.recorder.all<ResponseAudio>().size();
  now.remembered_ahead = h.session->history().items().size();
  if (now.meanwhile) {
    EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kSystem, *now.meanwhile));
  }
  h.session->append_audio(silence(1s));
  const bool done = co_await h.recorder.wait_for<TurnCompleted>();
  EXPECT_TRUE(done);
}

Conversation held(Conversation conversation) {
  Listener harness;
  harness.model->where = conversation.where;
  harness.model->usage = language::Usage{10, 5};
  harness.config.answer_ahead = conversation.policy;
  harness.conversation = std::move(conversation);
  harness.start(std::make_shared<EarlyRecognizer>(harness.strand, harness.conversation.at_last));
  harness.io.run(Harness::whole(&harness, ask));
  conversation = std::move(harness.conversation);
  conversation.requests = harness.model->requests;
  conversation.spoken = harness.synthesizer->spoken;
  conversation.done = harness.recorder.all<ResponseDone>();
  conversation.audio = harness.recorder.all<ResponseAudio>();
  return conversation;
}

void expect_one_answer(const Conversation& conversation) {
  ASSERT_EQ(conversation.done.size(), 1U);
  EXPECT_EQ(conversation.done[0].status, ResponseStatus::kCompleted);
  EXPECT_EQ(conversation.done[0].text, "The shop opens at ten. It closes at six.");
  EXPECT_EQ(conversation.done[0].usage.output_tokens, 5);
  EXPECT_EQ(conversation.audio.size(), 2U);
}

TEST(Drafts, AnAnswerIsBegunInTheSilenceAndTakenUpAtItsEnd) {
  const Conversation conversation = held({});
  EXPECT_EQ(conversation.asked_ahead, 1U);
  EXPECT_EQ(conversation.said_ahead, 1U) << "its first sentence";
  EXPECT_EQ(conversation.requests.size(), 1U);
  EXPECT_EQ(conversation.spoken.size(), 2U) << "no sentence is made twice";
  expect_one_answer(conversation);
}

TEST(Drafts, NobodyLearnsOfThemBeforeTheEnd) {
  const Conversation conversation = held({});
  EXPECT_EQ(conversation.told_ahead, 0U);
  EXPECT_EQ(conversation.remembered_ahead, 0U);
}

TEST(Drafts, AreThrownAwayWhenTheWordsTurnOutToBeOthers) {
  const Conversation conversation = held({.at_last = "when does the shop open on sundays"});
  EXPECT_EQ(conversation.asked_ahead, 1U);
  ASSERT_EQ(conversation.requests.size(), 2U);
  EXPECT_EQ(conversation.requests[1].question, "when does the shop open on sundays");
  expect_one_answer(conversation);
}

TEST(Drafts, AreThrownAwayWhenTheConversationHasChanged) {
  const Conversation conversation = held({.meanwhile = "You are a parrot."});
  EXPECT_EQ(conversation.asked_ahead, 1U);
  ASSERT_EQ(conversation.requests.size(), 2U);
  EXPECT_EQ(conversation.requests[1].history.size(), 1U);
  expect_one_answer(conversation);
}

TEST(Drafts, AreMadeAheadAsTheConfigurationSays) {
  EXPECT_EQ(held({.policy = "never"}).asked_ahead, 0U);
  EXPECT_EQ(held({.where = "cloud"}).asked_ahead, 0U) << "it may cost money";
  EXPECT_EQ(held({.where = "cloud", .policy = "always"}).asked_ahead, 1U);
}

}  // namespace
}  // namespace parley::conversation
