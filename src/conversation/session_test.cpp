// SPDX-License-Identifier: Apache-2.0
#include "conversation/session.hpp"

#include "conversation/testing/session_harness.hpp"
#include "language/token_estimate.hpp"
#include "storage/database.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <future>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::ErrorCode;
using runtime::Task;
using testing::begin_long_answer;
using testing::expect_legal_states;
using testing::Harness;
using testing::Timed;

TEST(Session, AudioThatComesFasterThanItIsRecognisedIsHeardWhole) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.options.turn.create_response = false;
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(std::vector<std::int16_t>(30 * 16000));
    EXPECT_TRUE(h.session->commit_audio());
    const bool done = co_await h.recorder.wait_for<TranscriptCompleted>();
    EXPECT_TRUE(done);
  });
  EXPECT_EQ(harness.recorder.all<TranscriptFailed>().size(), 0U);
  EXPECT_EQ(harness.recorder.all<TranscriptCompleted>().at(0).transcript.processed, 30 * 16000);
}

TEST(Session, AClientThatSendsFasterIsMadeToWait) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.options.turn.create_response = false;
  harness.config.max_push_to_talk = 10min;
  harness.run([](Harness& h) -> Task<> {
    for (int minute = 0; minute < 8; ++minute) {
      h.session->append_audio(std::vector<std::int16_t>(60 * 16000));
      co_await h.session->wait_while_behind();
    }
    EXPECT_TRUE(h.session->commit_audio());
    const bool done = co_await h.recorder.wait_for<TranscriptCompleted>();
    EXPECT_TRUE(done);
  });
  EXPECT_EQ(harness.recorder.all<TranscriptCompleted>().at(0).transcript.processed, 8 * 60 * 16000);
}

TEST(Session, ATurnThatIsTooFarBehindFailsAndTheNextIsHeard) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.options.turn.create_response = false;
  harness.config.max_push_to_talk = 10min;
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(std::vector<std::int16_t>(6 * 60 * 16000));
    EXPECT_EQ(h.recorder.all<TranscriptFailed>().size(), 1U);
    h.session->clear_audio();
    h.session->append_audio(std::vector<std::int16_t>(16000));
    EXPECT_TRUE(h.session->commit_audio());
    const bool done = co_await h.recorder.wait_for<TranscriptCompleted>();
    EXPECT_TRUE(done);
  });
  EXPECT_EQ(harness.recorder.all<TranscriptFailed>().at(0).error.code, ErrorCode::kOverloaded);
  EXPECT_EQ(harness.recorder.all<TranscriptCompleted>().at(0).transcript.processed, 16000);
}

TEST(Session, WhoPushesToTalkForTooLongIsHeardInPieces) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.options.turn.create_response = false;
  harness.config.max_push_to_talk = 1s;
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(std::vector<std::int16_t>(40000));
    EXPECT_EQ(h.recorder.all<UserInputCommitted>().size(), 2U);
    EXPECT_TRUE(h.session->commit_audio());
    const bool done = co_await h.recorder.wait_for<TranscriptCompleted>(3);
    EXPECT_TRUE(done);
    EXPECT_EQ(h.session->state(), SessionState::kIdle);
  });
  // In the order in which they were said, whichever was understood first.
  std::vector<std::int64_t> heard;
  for (const auto& said : harness.recorder.all<UserInputCommitted>()) {
    for (const auto& each : harness.recorder.all<TranscriptCompleted>()) {
      if (each.item_id == said.item_id) heard.push_back(each.transcript.processed);
    }
  }
  EXPECT_EQ(heard, (std::vector<std::int64_t>{16000, 16000, 8000}));
  expect_legal_states(harness.recorder);
}

TEST(Session, TellsOnceOfWhatIsCleared) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_FALSE(h.session->clear_audio());
    h.session->append_audio(std::vector<std::int16_t>(16000));
    EXPECT_TRUE(h.session->clear_audio());
    co_return;
  });
  EXPECT_EQ(harness.recorder.all<UserInputDropped>().size(), 1U);
}

TEST(Session, AnswersATypedQuestionAloudWithCitations) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When does the shop open?"));
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>();
    EXPECT_TRUE(done);
  });
  const auto done = harness.recorder.all<ResponseDone>();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].status, ResponseStatus::kCompleted);
  EXPECT_EQ(done[0].text, "The shop opens at ten. It closes at six.");
  EXPECT_EQ(harness.recorder.all<ResponseAudio>().size(), 2U);
  EXPECT_EQ(harness.recorder.all<ResponseCitations>().at(0).citations.at(0).quote, "The shop opens at ten.");
  const auto audio = harness.recorder.all<ResponseAudio>();
  EXPECT_EQ(audio[1].chunk.words.at(0).start, 1000ms) << "times go on through the answer";
  expect_legal_states(harness.recorder);
}

TEST(Session, AnswersInTextOnlyWhenAsked) {
  Harness harness;
  harness.options.speak = false;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When?"));
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>();
    EXPECT_TRUE(done);
  });
  EXPECT_TRUE(harness.recorder.all<ResponseAudio>().empty());
  EXPECT_EQ(harness.recorder.all<ResponseText>().size(), 2U);
}

TEST(Session, AnswersACommittedUtteranceOnceItIsUnderstood) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.options.turn.create_response = false;
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(std::vector<std::int16_t>(16000, 100));
    EXPECT_TRUE(h.session->commit_audio());
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>();
    EXPECT_TRUE(done);
  });
  EXPECT_TRUE(harness.recorder.all<UserSpeechStarted>().empty());
  ASSERT_EQ(harness.recorder.all<TranscriptCompleted>().size(), 1U);
  EXPECT_EQ(harness.recorder.all<TurnCompleted>().at(0).record.transcript, "when does the shop open");
  ASSERT_EQ(harness.model->requests.size(), 1U);
  EXPECT_EQ(harness.model->requests[0].question, "when does the shop open");
  expect_legal_states(harness.recorder);
}

TEST(Session, GreetsOnceAndRemembersWhatItSaid) {
  Harness harness;
  harness.config.greeting = "Welcome to the shop. Ask me anything.";
  harness.run([](Harness& h) -> Task<> {
    h.session->greet();
    h.session->greet();
    const bool done = co_await h.recorder.wait_for<TurnCompleted>();
    EXPECT_TRUE(done);
    const HistoryItem* said = h.session->history().find(h.recorder.all<ResponseStarted>().at(0).item_id);
    EXPECT_NE(said, nullptr);
    if (said != nullptr) {
      EXPECT_EQ(said->text, "Welcome to the shop. Ask me anything.");
    }
  });
  EXPECT_EQ(harness.recorder.all<ResponseDone>().size(), 1U);
  EXPECT_EQ(harness.recorder.all<ResponseAudio>().size(), 2U);
  EXPECT_TRUE(harness.recorder.all<TurnCompleted>().at(0).record.announced);
  EXPECT_TRUE(harness.model->requests.empty());
  expect_legal_states(harness.recorder);
}

TEST(Session, AQuestionEndsTheGreetingAndLeavesWhatWasHeardOfIt) {
  Harness harness;
  harness.options.greeting = "Welcome to the shop. Ask me anything.";
  harness.run([](Harness& h) -> Task<> {
    h.session->greet();
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When?"));
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>(2);
    EXPECT_TRUE(done);
    const HistoryItem* said = h.session->history().find(h.recorder.all<ResponseStarted>().at(0).item_id);
    EXPECT_TRUE(said == nullptr || said->text.size() < 10);
  });
  const auto done = harness.recorder.all<ResponseDone>();
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[1].status, ResponseStatus::kCompleted);
  expect_legal_states(harness.recorder);
}

TEST(Session, SpeaksUnaskedOnlyInItsOwnLanguage) {
  for (const bool announces : {true, false}) {
    Harness harness;
    harness.config.greeting = "Welcome.";
    harness.options.language = announces ? "de" : "en";
    harness.options.announces = announces;
    harness.run([](Harness& h) -> Task<> {
      h.session->greet();
      co_return;
    });
    EXPECT_TRUE(harness.recorder.events.empty());
  }
}

TEST(Session, AsksIntoTheSilenceBehindAnAnswer) {
  Harness harness;
  harness.options.speak = false;
  harness.options.turn.patience.ask_after = kSamplesPerMs;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When?"));
    EXPECT_TRUE(h.session->create_response({}));
    while (h.recorder.all<TurnCompleted>().size() < 2) {
      const bool told = co_await h.recorder.arrived.wait(h.session->wake_at());
      static_cast<void>(told);
      h.session->wake();
    }
  });
  ASSERT_EQ(harness.recorder.all<UserSilent>().size(), 1U);
  EXPECT_EQ(harness.recorder.all<UserInputCommitted>().at(0).item_id,
            harness.recorder.all<UserSilent>().at(0).item_id);
  EXPECT_EQ(harness.recorder.all<ResponseDone>().at(1).text, "Are you still there?");
  expect_legal_states(harness.recorder);
}

Task<> ask_in_writing(Harness& h, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t before = h.recorder.all<TurnCompleted>().size();
    EXPECT_TRUE(
        h.session->add_message({}, language::ChatRole::kUser, "Question number " + std::to_string(i) + "?"));
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<TurnCompleted>(before + 1);
    EXPECT_TRUE(done);
    const bool idle = co_await h.session->wait_idle(runtime::SystemClock().now() + 20s);
    EXPECT_TRUE(idle);
  }
}

std::int64_t tokens_of(const std::vector<language::Message>& messages) {
  std::int64_t tokens = 0;
  for (const auto& message : messages) tokens += language::estimated_tokens(message);
  return tokens;
}

TEST(Session, RemembersOlderTurnsInASummary) {
  Harness harness;
  harness.options.speak = false;
  harness.config.history_tokens = 100;
  harness.run([](Harness& h) -> Task<> { co_await ask_in_writing(h, 40); });
  const auto& requests = harness.model->requests;
  ASSERT_EQ(requests.size(), 40U);
  EXPECT_TRUE(requests[1].summary.empty());
  EXPECT_FALSE(requests[1].history.empty());
  for (const auto& request : requests) {
    EXPECT_LE(tokens_of(request.history) + language::estimated_tokens(request.summary), 100);
  }
  EXPECT_NE(requests[39].summary.find("Question number"), std::string::npos);
  EXPECT_NE(requests[39].history.back().content.find("six"), std::string::npos);
  EXPECT_LT(harness.model->summaries.size(), 20U) << "not after every turn";
  EXPECT_FALSE(harness.model->summaries.back().before.empty()) << "it goes on from the last";
}

TEST(Session, GoesOnWithoutASummaryThatFails) {
  Harness harness;
  harness.options.speak = false;
  harness.config.history_tokens = 100;
  harness.model->summary_failure = runtime::Error{ErrorCode::kLlmFailed, "no"};
  harness.run([](Harness& h) -> Task<> { co_await ask_in_writing(h, 12); });
  const auto& last = harness.model->requests.at(11);
  EXPECT_TRUE(last.summary.empty());
  EXPECT_FALSE(last.history.empty());
  EXPECT_LE(tokens_of(last.history), 100);
  EXPECT_FALSE(harness.model->summaries.empty());
}

TEST(Session, SummarisesOnlyWhatWasHeard) {
  Harness harness;
  harness.config.history_tokens = 40;
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    EXPECT_TRUE(h.session->cancel_response());
    h.model->pieces = {"Yes."};
    ResponseOverrides silent;
    silent.speak = false;
    for (std::size_t turn = 2; turn < 6; ++turn) {
      EXPECT_TRUE(h.session->add_message({}, language::ChatRole::kUser, "Is it open on every Sunday?"));
      EXPECT_TRUE(h.session->create_response(silent));
      const bool done = co_await h.recorder.wait_for<TurnCompleted>(turn);
      EXPECT_TRUE(done);
    }
  });
  ASSERT_FALSE(harness.model->summaries.empty());
  for (const auto& message : harness.model->summaries.front().turns) {
    EXPECT_LT(message.content.size(), 60U) << message.content;
  }
}

TEST(Session, RefusesToCommitWhatIsNotThere) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    const auto committed = h.session->commit_audio();
    EXPECT_FALSE(committed);
    const auto created = h.session->create_response({});
    EXPECT_FALSE(created);
    co_return;
  });
}

TEST(Session, SaysNothingAfterACancelAndKeepsOnlyWhatWasHeard) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When?"));
    EXPECT_TRUE(h.session->create_response({}));
    const bool started = co_await h.recorder.wait_for<ResponseAudio>();
    EXPECT_TRUE(started);
    EXPECT_TRUE(h.session->cancel_response());
    EXPECT_FALSE(h.session->cancel_response());
    const bool idle = co_await h.session->wait_idle(runtime::SystemClock().now() + 20s);
    EXPECT_TRUE(idle);
    const std::string id = h.recorder.all<ResponseStarted>().at(0).item_id;
    const HistoryItem* answer = h.session->history().find(id);
    EXPECT_TRUE(answer == nullptr || answer->text.size() < 10) << answer->text;
  });
  const auto done = harness.recorder.all<ResponseDone>();
  ASSERT_EQ(done.size(), 1U);
  bool ended = false;
  for (const auto& event : harness.recorder.events) {
    if (ended) {
      EXPECT_FALSE(std::holds_alternative<ResponseAudio>(event) ||
                   std::holds_alternative<ResponseText>(event));
    }
    ended = ended || std::holds_alternative<ResponseDone>(event);
  }
  EXPECT_EQ(harness.session->state(), SessionState::kIdle);
  expect_legal_states(harness.recorder);
}

TEST(Session, CutsAnAnswerWhereTheClientStoppedListening) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When?"));
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<ResponseDone>();
    EXPECT_TRUE(done);
    const std::string id = h.recorder.all<ResponseStarted>().at(0).item_id;
    EXPECT_TRUE(h.session->truncate(id, 1h)) << "an end after the answer's is no error";
    EXPECT_EQ(h.session->history().find(id)->text, "The shop opens at ten. It closes at six.");
    EXPECT_TRUE(h.session->truncate(id, 450ms));
    EXPECT_EQ(h.session->history().find(id)->text, "The shop");
    const auto unknown = h.session->truncate("nothing", 1s);
    EXPECT_EQ(unknown.error().code, ErrorCode::kNotFound);
  });
}

TEST(Session, ReportsAFailureOfEachEngineAndGoesOn) {
  const runtime::Error broken{ErrorCode::kLlmFailed, "broken"};
  for (int engine = 0; engine < 3; ++engine) {
    Harness harness;
    if (engine == 0) harness.retriever->failure = broken;
    if (engine == 1) harness.model->failure = broken;
    if (engine == 2) harness.synthesizer->failure = broken;
    harness.run([](Harness& h) -> Task<> {
      for (const std::size_t round : {1U, 2U}) {
        EXPECT_TRUE(h.session->add_message("q" + std::to_string(round), language::ChatRole::kUser, "When?"));
        EXPECT_TRUE(h.session->create_response({}));
        const bool done = co_await h.recorder.wait_for<TurnCompleted>(round);
        EXPECT_TRUE(done);
        h.retriever->failure.reset();
        h.model->failure.reset();
        h.synthesizer->failure.reset();
      }
    });
    const auto done = harness.recorder.all<ResponseDone>();
    ASSERT_EQ(done.size(), 2U);
    EXPECT_EQ(done[0].status, ResponseStatus::kFailed);
    ASSERT_TRUE(done[0].error);
    EXPECT_EQ(done[0].error->code, ErrorCode::kLlmFailed);
    EXPECT_EQ(done[1].status, ResponseStatus::kCompleted);
    expect_legal_states(harness.recorder);
  }
}

TEST(Session, ReportsARecogniserThatFails) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.recognizer->failure = runtime::Error{ErrorCode::kAsrFailed, "broken"};
  harness.run([](Harness& h) -> Task<> {
    h.session->append_audio(std::vector<std::int16_t>(16000, 100));
    EXPECT_TRUE(h.session->commit_audio());
    const bool failed = co_await h.recorder.wait_for<TranscriptFailed>();
    EXPECT_TRUE(failed);
  });
  EXPECT_EQ(harness.recorder.all<TranscriptFailed>().at(0).error.code, ErrorCode::kAsrFailed);
  expect_legal_states(harness.recorder);
}

TEST(Session, SaysNothingToAClientThatIsLostAndAllOfItWhenItIsBack) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    h.session->client_lost();
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When does the shop open?"));
    EXPECT_TRUE(h.session->create_response({}));
    const bool started = co_await h.recorder.wait_for<ResponseStarted>();
    EXPECT_TRUE(started);
    EXPECT_EQ(h.recorder.all<ResponseAudio>().size(), 0U);
    h.session->client_returned(0ms);
    const bool done = co_await h.recorder.wait_for<ResponseDone>();
    EXPECT_TRUE(done);
    EXPECT_GT(h.recorder.all<ResponseAudio>().size(), 0U);
  });
}

TEST(Session, WhatDidNotArriveBeforeALossWasNotHeard) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    h.session->client_lost();
    h.session->client_returned(1h);
    EXPECT_TRUE(h.session->cancel_response());
    const bool done = co_await h.recorder.wait_for<ResponseDone>();
    EXPECT_TRUE(done);
    EXPECT_EQ(h.session->history().items().back().text, "");
  });
}

TEST(Session, HearsAllItsTurnsWithOneMemory) {
  Harness harness;
  harness.options.turn.server_vad = false;
  harness.run([](Harness& h) -> Task<> {
    for (std::size_t turn = 1; turn <= 2; ++turn) {
      h.session->append_audio(std::vector<std::int16_t>(16000, 100));
      EXPECT_TRUE(h.session->commit_audio());
      const bool heard = co_await h.recorder.wait_for<TranscriptCompleted>(turn);
      EXPECT_TRUE(heard);
    }
  });
  ASSERT_EQ(harness.recognizer->voices.size(), 2U);
  EXPECT_NE(harness.recognizer->voices[0], nullptr);
  EXPECT_EQ(harness.recognizer->voices[0], harness.recognizer->voices[1]);
  EXPECT_EQ(harness.recognizer->remembered, std::vector<bool>{false}) << "a voice is learnt only on request";
}

TEST(Session, HearsWithTheVoiceThatIsKeptAndAddsToIt) {
  const parley::testing::TemporaryDirectory folder;
  Harness harness;
  runtime::ComputePool pool({.name = "compute", .threads = 1});
  const auto database = *storage::Database::open({.file = folder.path() / "parley.db"});
  harness.recognizer->voice_keeper = std::make_shared<testing::ScriptedKeeper>();
  harness.profiles = std::make_shared<SpeakerProfiles>(
      SpeakerProfiles::Parts{*database, *harness.recognizer, pool, pool,
                             std::make_shared<runtime::SystemClock>(), runtime::Log::none(), harness.strand});
  harness.options.turn.server_vad = false;
  SpeakerProfileStore store(*database);
  ASSERT_TRUE(store.agree({}, 1, 1));
  for (int session = 1; session <= 2; ++session) {
    harness.run([](Harness& h) -> Task<> {
      const bool recalled = co_await h.session->wait_idle(runtime::SystemClock().now() + 20s);
      EXPECT_TRUE(recalled);
      h.recorder.events.clear();
      h.session->append_audio(std::vector<std::int16_t>(16000, 100));
      EXPECT_TRUE(h.session->commit_audio());
      const bool heard = co_await h.recorder.wait_for<TranscriptCompleted>();
      EXPECT_TRUE(heard);
    });
    std::promise<void> kept;
    ASSERT_TRUE(pool.post([&] { kept.set_value(); }));
    kept.get_future().get();
  }
  harness.io.run(harness.profiles->stop());
  const std::string learnt = harness.recognizer->words + ";";
  EXPECT_EQ(store.load({}, "scripted")->value().bytes, learnt + learnt);
  const auto second = std::dynamic_pointer_cast<testing::ScriptedVoice>(harness.recognizer->voices[1]);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(second->known(), learnt + learnt);
}

const language::Tool kWeather{"weather", "How it is outside", R"({"type":"object"})"};

Task<> ask_for_the_weather(Harness& h) {
  h.model->calls = {{0, "call_1", "weather", "{\"city\":"}, {0, "", "", "\"Graz\"}"}};
  EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "How is it in Graz?"));
  EXPECT_TRUE(h.session->create_response({}));
  const bool done = co_await h.recorder.wait_for<ResponseDone>();
  EXPECT_TRUE(done);
}

TEST(SessionTools, SaysSomethingWhileAToolRunsAndGoesOnWithItsResult) {
  Harness harness;
  harness.options.tools = {kWeather};
  harness.run([](Harness& h) -> Task<> {
    co_await ask_for_the_weather(h);
    const auto call = h.recorder.all<ResponseCallDone>().at(0);
    EXPECT_EQ(call.call.id, "call_1");
    EXPECT_EQ(call.call.arguments, R"({"city":"Graz"})");
    // The words that bridge the time are still being played.
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
    HistoryItem result{.role = language::ChatRole::kTool, .text = "sunny", .call_id = "call_1"};
    EXPECT_TRUE(h.session->add_item(std::move(result)));
    EXPECT_TRUE(h.session->create_response({}));
    const bool done = co_await h.recorder.wait_for<ResponseDone>(2);
    EXPECT_TRUE(done);
    EXPECT_EQ(h.session->state(), SessionState::kSpeaking);
  });
  const auto done = harness.recorder.all<ResponseDone>();
  EXPECT_EQ(done[0].text, "One moment, please.");
  EXPECT_EQ(done[0].status, ResponseStatus::kCompleted) << "nothing cut it off";
  EXPECT_EQ(done[1].text, "The shop opens at ten. It closes at six.");
  const auto added = harness.recorder.all<ResponseItemAdded>();
  ASSERT_EQ(added.size(), 3U);
  EXPECT_FALSE(added[0].call);
  EXPECT_EQ(added[1].call->name, "weather");
  EXPECT_EQ(added[1].previous_item_id, added[0].item_id);
  const auto& requests = harness.model->requests;
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(requests[0].tools, std::vector{kWeather});
  EXPECT_TRUE(requests[0].since.empty());
  EXPECT_EQ(requests[1].question, "How is it in Graz?");
  ASSERT_EQ(requests[1].since.size(), 2U);
  EXPECT_EQ(requests[1].since[0].content, "One moment, please.");
  EXPECT_EQ(requests[1].since[0].calls.at(0).arguments, R"({"city":"Graz"})");
  EXPECT_EQ(requests[1].since[1].content, "sunny");
  expect_legal_states(harness.recorder);
}

TEST(SessionTools, AnInterruptedContinuationLeavesNothingOfWhatWasNotHeard) {
  Harness harness;
  harness.options.tools = {kWeather};
  harness.run([](Harness& h) -> Task<> {
    co_await ask_for_the_weather(h);
    HistoryItem result{.role = language::ChatRole::kTool, .text = "sunny", .call_id = "call_1"};
    EXPECT_TRUE(h.session->add_item(std::move(result)));
    EXPECT_TRUE(h.session->create_response({}));
    const bool started = co_await h.recorder.wait_for<ResponseAudio>(2);
    EXPECT_TRUE(started);
    EXPECT_TRUE(h.session->cancel_response());
    for (const ResponseItemAdded& added : h.recorder.all<ResponseItemAdded>()) {
      const HistoryItem* item = h.session->history().find(added.item_id);
      EXPECT_TRUE(item->call || item->text.size() < 15) << item->text;
    }
  });
  EXPECT_EQ(harness.recorder.all<ResponseDone>().size(), 2U);
  EXPECT_EQ(harness.session->state(), SessionState::kIdle);
  expect_legal_states(harness.recorder);
}

TEST(SessionTools, WhatTheClientDidNotHearBeforeACallStaysUnheard) {
  Timed harness;
  harness.options.tools = {kWeather};
  harness.run([](Harness& h) -> Task<> {
    co_await ask_for_the_weather(h);
    EXPECT_TRUE(
        h.session->add_item({.role = language::ChatRole::kTool, .text = "sunny", .call_id = "call_1"}));
    EXPECT_TRUE(h.session->create_response({}));
    const std::string filler = h.recorder.all<ResponseItemAdded>().at(0).item_id;
    EXPECT_TRUE(h.session->truncate(filler, 400ms));
    static_cast<Timed&>(h).standing->advance(900ms);
    EXPECT_TRUE(h.session->cancel_response());
    EXPECT_EQ(h.session->history().find(filler)->text, "One");
  });
}

TEST(SessionTools, SaysNothingBeforeACallInTextOrInAnotherLanguage) {
  for (const bool speak : {false, true}) {
    Harness harness;
    harness.options.tools = {kWeather};
    harness.options.speak = speak;
    if (speak) harness.options.language = "de";
    harness.run(ask_for_the_weather);
    EXPECT_TRUE(harness.recorder.all<ResponseText>().empty());
    EXPECT_EQ(harness.recorder.all<ResponseCallDone>().size(), 1U);
    EXPECT_EQ(harness.session->state(), SessionState::kIdle) << "nothing is being played";
    expect_legal_states(harness.recorder);
  }
}

TEST(SessionAsides, AnswerBesideTheConversationAndLeaveItAsItIs) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When?"));
    EXPECT_TRUE(h.session->create_response({}));
    ResponseOverrides aside;
    aside.in_conversation = false;
    aside.speak = false;
    aside.instructions = "Which language is this? Answer with its code.";
    aside.metadata = {{"topic", "language"}};
    aside.max_output_tokens = 5;
    aside.input.emplace();
    aside.input->push({.id = "x", .text = "Guten Tag"});
    EXPECT_TRUE(h.session->create_response(aside));
    const bool done = co_await h.recorder.wait_for<ResponseDone>(2);
    EXPECT_TRUE(done);
    EXPECT_EQ(h.session->history().find("x"), nullptr);
    const std::string last = h.session->history().last_id();
    EXPECT_EQ(last, h.recorder.all<ResponseStarted>().at(0).item_id);
  });
  const auto started = harness.recorder.all<ResponseStarted>();
  ASSERT_EQ(started.size(), 2U);
  EXPECT_FALSE(started[1].in_conversation);
  EXPECT_EQ(started[1].metadata.at("topic"), "language");
  EXPECT_EQ(harness.recorder.all<TurnCompleted>().size(), 1U);
  for (const auto& request : harness.model->requests) {
    const bool aside = request.question == "Guten Tag";
    EXPECT_EQ(request.spoken, !aside);
    EXPECT_EQ(request.grounded, !aside);
    EXPECT_EQ(request.max_tokens, aside ? std::optional<std::int64_t>(5) : std::nullopt);
  }
  expect_legal_states(harness.recorder);
}

TEST(SessionAsides, AreFewAndCanBeCancelled) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    h.model->pieces.assign(60, "The shop opens at ten. ");
    EXPECT_TRUE(h.session->add_message("q", language::ChatRole::kUser, "When?"));
    ResponseOverrides aside;
    aside.in_conversation = false;
    // More than 20 s ahead of their playback, they wait.
    for (int i = 0; i < 4; ++i) EXPECT_TRUE(h.session->create_response(aside));
    EXPECT_EQ(h.session->create_response(aside).error().code, ErrorCode::kOverloaded);
    const std::string id = h.recorder.all<ResponseStarted>().at(0).response_id;
    EXPECT_TRUE(h.session->cancel_response(id));
    EXPECT_FALSE(h.session->cancel_response(id));
    EXPECT_FALSE(h.session->cancel_response());
    EXPECT_TRUE(h.session->create_response(aside));
    co_return;
  });
  const auto done = harness.recorder.all<ResponseDone>();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0].status, ResponseStatus::kCancelled);
  EXPECT_EQ(harness.session->state(), SessionState::kIdle);
}

TEST(Session, InstructionsAloneAreAQuestion) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    EXPECT_TRUE(h.session->create_response({.instructions = "Greet the user."}));
    const bool done = co_await h.recorder.wait_for<ResponseDone>();
    EXPECT_TRUE(done);
  });
  EXPECT_EQ(harness.model->requests.at(0).question, "Greet the user.");
  EXPECT_FALSE(harness.model->requests.at(0).grounded);
}

TEST(Session, AnAnswerUnderWayCanBeCut) {
  Harness harness;
  harness.run([](Harness& h) -> Task<> {
    co_await begin_long_answer(h);
    const std::string id = h.recorder.all<ResponseStarted>().at(0).item_id;
    const auto clamped = h.session->truncate(id, std::chrono::milliseconds::max());
    EXPECT_GE(*clamped, 1s);
    EXPECT_LT(*clamped, 1min);
    const auto cut = h.session->truncate(id, 450ms);
    EXPECT_EQ(*cut, 450ms);
    EXPECT_TRUE(h.session->cancel_response());
    EXPECT_TRUE(std::string("The shop").starts_with(h.session->history().find(id)->text));
  });
}

}  // namespace
}  // namespace parley::conversation
