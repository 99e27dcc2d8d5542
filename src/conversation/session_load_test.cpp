// SPDX-License-Identifier: Apache-2.0
// What a session leaves out, stage by stage, when the server has too much to do.
#include "conversation/session.hpp"
#include "conversation/testing/scripted_engines.hpp"
#include "conversation/testing/shared_engines.hpp"
#include "runtime/io_threads.hpp"

#include <memory>
#include <utility>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::Task;

// How many interim and final transcripts there were.
class Counter final : public Channel {
 public:
  void deliver(ChannelEvent event) override {
    if (std::holds_alternative<TranscriptChanged>(event)) ++interim;
    if (std::holds_alternative<TranscriptCompleted>(event)) completed.notify();
  }

  int interim = 0;
  runtime::Signal completed;
};

class CountedRetriever final : public knowledge::Retriever {
 public:
  std::string engine() const override { return "counted"; }
  Task<runtime::Result<knowledge::SearchResult>> search(runtime::Context, knowledge::Query) override {
    ++searches;
    co_return knowledge::SearchResult();
  }

  int searches = 0;
};

struct Told {
  int interim = 0;
  int searches = 0;
};

Task<> say_something(Session* session, Counter* counter) {
  for (int i = 0; i < 20; ++i) {
    session->append_audio(std::vector<std::int16_t>(1600));
    // The recogniser's words are those of the next wait.
    runtime::Signal never;
    const bool told = co_await never.wait(runtime::SystemClock().now());
    EXPECT_FALSE(told);
  }
  EXPECT_TRUE(session->commit_audio());
  const bool completed = co_await counter->completed.wait(runtime::SystemClock().now() + 20s);
  EXPECT_TRUE(completed);
  co_await session->close();
}

// Two seconds of speech, which is heard as five words.
Told told_at(LoadStage stage) {
  const auto level = std::make_shared<LoadLevel>();
  level->set(stage);
  runtime::IoThreads io(1);
  const auto strand = io.strand();
  const auto retriever = std::make_shared<CountedRetriever>();
  const Config config;
  Counter counter;
  SessionParts parts{
      std::make_shared<testing::WordwiseRecognizer>(strand),
      std::make_shared<testing::ScriptedSynthesizer>(),
      std::make_shared<Answerer>(retriever, std::make_shared<testing::ScriptedModel>(), config),
      nullptr,
      std::make_shared<runtime::SystemClock>(),
      runtime::Log::none(),
      {},
      config};
  parts.load = level;
  SessionOptions options;
  options.turn.server_vad = false;
  options.turn.create_response = false;
  Session session({}, std::move(parts), options, counter, strand);
  io.run(say_something(&session, &counter));
  return {counter.interim, retriever->searches};
}

TEST(SessionUnderLoad, LeavesOutWhatIsNotNeededAndUnderstandsAllTheSame) {
  const Told normal = told_at(LoadStage::kNormal);
  EXPECT_GT(normal.interim, 2);
  EXPECT_GT(normal.searches, 0);
  const Told patient = told_at(LoadStage::kNoSpeculation);
  EXPECT_EQ(patient.interim, normal.interim);
  EXPECT_EQ(patient.searches, 0);
  for (const LoadStage stage : {LoadStage::kNoInterim, LoadStage::kLongHop, LoadStage::kRefusing}) {
    const Told least = told_at(stage);
    EXPECT_EQ(least.interim, 0) << name(stage);
    EXPECT_EQ(least.searches, 0) << name(stage);
  }
}

}  // namespace
}  // namespace parley::conversation
