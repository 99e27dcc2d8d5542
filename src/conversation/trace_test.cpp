// SPDX-License-Identifier: Apache-2.0
#include "conversation/trace.hpp"

#include "conversation/testing/random_events.hpp"

#include <random>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

constexpr SampleIndex ms(SampleIndex n) { return n * kSamplesPerMs; }

TurnConfig config_of(unsigned seed) {
  TurnConfig config;
  config.server_vad = seed % 3 != 0;
  config.interrupt_response = seed % 7 != 0;
  config.patience = {
      .ask_after = ms(3000), .longest = ms(60'000), .warn_before = ms(1000), .warn_aloud = true};
  return config;
}

// A session in which anything happens.
std::string recorded(unsigned seed, std::size_t steps = 300) {
  std::mt19937 random(seed);
  TurnEngine engine(config_of(seed));
  TraceWriter writer;
  std::string trace = writer.begin(engine.config());
  SampleIndex now = 0;
  const auto take = [&](const TurnEvent& event) { trace += writer.event(event, engine.on(event)); };
  for (std::size_t step = 0; step < steps; ++step) {
    for (unsigned frame = random() % 40; frame > 0; --frame) take(AudioAdvanced{now += ms(10)});
    take(ClockAdvanced{now});
    take(testing::random_event(random, now));
    if (step % 100 == 50) {
      engine.configure(config_of(seed + 1));
      trace += writer.configured(engine.config());
      trace += writer.turn("turn_1", {{"endpoint", 412.5}});
    }
  }
  return trace + writer.end("closed");
}

TEST(Trace, IsReplayedBitForBit) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    const auto replayed = replay(recorded(seed));
    ASSERT_TRUE(replayed);
    EXPECT_EQ(replayed->differences, 0U) << replayed->shown.front();
    EXPECT_FALSE(replayed->flaw) << *replayed->flaw;
    EXPECT_GT(replayed->events, 600U);
  }
}

TEST(Trace, HoldsAMinuteOfSilenceInALine) {
  TraceWriter writer;
  std::string lines;
  for (SampleIndex at = ms(10); at <= ms(60'000); at += ms(10)) lines += writer.event(AudioAdvanced{at}, {});
  EXPECT_EQ(lines, "");
  EXPECT_EQ(writer.end("closed"), "{\"audio\":[160,960000,160]}\n{\"end\":\"closed\"}\n");
}

TEST(Trace, ShowsWhereTheEngineDoesOtherwise) {
  std::string trace = recorded(1);
  const std::string listening = R"("to":"Listening")";
  const auto at = trace.find(listening);
  ASSERT_NE(at, std::string::npos);
  trace.replace(at, listening.size(), R"("to":"Speaking")");
  const auto replayed = replay(trace);
  ASSERT_TRUE(replayed);
  EXPECT_EQ(replayed->differences, 1U);
  EXPECT_NE(replayed->shown.at(0).find("Speaking"), std::string::npos) << replayed->shown.at(0);
  EXPECT_FALSE(replayed->flaw);
}

TEST(Trace, AnEventThatIsMissingMakesADifference) {
  std::string trace = recorded(1);
  const auto at = trace.find("{\"on\":{\"is\":\"speech_started\"");
  ASSERT_NE(at, std::string::npos);
  trace.erase(at, trace.find('\n', at) + 1 - at);
  const auto replayed = replay(trace);
  ASSERT_TRUE(replayed);
  EXPECT_GT(replayed->differences, 0U);
  EXPECT_LE(replayed->shown.size(), Replayed::kMostShown);
}

TEST(Trace, ThatIsCutOffAnywhereIsReplayedUpToThere) {
  const std::string trace = recorded(2, 40);
  const std::size_t head = trace.find('\n') + 1;
  for (std::size_t size = head; size < trace.size(); size += 7) {
    const auto replayed = replay(std::string_view(trace).substr(0, size));
    ASSERT_TRUE(replayed) << size;
    EXPECT_TRUE(replayed->flaw) << size;
    EXPECT_EQ(replayed->differences, 0U) << size;
  }
}

struct Flaw {
  const char* line;
  const char* why;
};

class FlawedTrace : public ::testing::TestWithParam<Flaw> {};

TEST_P(FlawedTrace, SaysWhatIsWrongWithWhichLine) {
  const std::string trace = TraceWriter().begin({}) + GetParam().line + "\n{\"end\":\"closed\"}\n";
  const auto replayed = replay(trace, 1000);
  ASSERT_TRUE(replayed);
  ASSERT_TRUE(replayed->flaw);
  EXPECT_TRUE(replayed->flaw->starts_with("line 2: ")) << *replayed->flaw;
  EXPECT_NE(replayed->flaw->find(GetParam().why), std::string::npos) << *replayed->flaw;
}

INSTANTIATE_TEST_SUITE_P(
    Of, FlawedTrace,
    ::testing::Values(
        Flaw{"{", "JSON"}, Flaw{"[]", "not an object"}, Flaw{"{}", "not known"},
        Flaw{R"({"on":{}})", "\"is\""}, Flaw{R"({"on":{"is":"slept"}})", "not known"},
        Flaw{R"({"on":{"is":"speech_started"}})", "\"at\": missing"},
        Flaw{R"({"on":{"is":"speech_started","at":1e18}})", "in range"},
        Flaw{R"({"on":{"is":"speech_started","at":"1"}})", "in range"},
        Flaw{R"({"on":{"is":"transcript_ready","empty":1}})", "true or false"},
        Flaw{R"({"on":{"is":"words_changed","completeness":"Half","overlap":"Nothing"}})", "name"},
        Flaw{R"({"on":{"is":"failed"},"do":{}})", "list"},
        Flaw{R"({"on":{"is":"failed"},"do":[{}]})", "\"is\""}, Flaw{R"({"audio":[1,2]})", "three numbers"},
        Flaw{R"({"audio":[1,9,0]})", "three numbers"}, Flaw{R"({"audio":[1,9,3]})", "three numbers"},
        Flaw{R"({"audio":[1,1000000000,1]})", "more events"}, Flaw{R"({"config":{}})", "missing"}));

TEST(Trace, AnythingElseIsNone) {
  for (const char* text : {"", "\n", "RIFF", "{}\n", "[]\n", "{\"parley_trace\":2,\"config\":{}}\n",
                           "{\"parley_trace\":1}\n", "{\"parley_trace\":1,\"config\":{}}\n"}) {
    const auto replayed = replay(text);
    EXPECT_FALSE(replayed) << text;
  }
}

}  // namespace
}  // namespace parley::conversation
