// SPDX-License-Identifier: Apache-2.0
// How far ahead of its playback an answer is sent.
#include "conversation/testing/session_harness.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::Task;
using testing::Harness;
using testing::StandingClock;

struct Line {
  Harness harness;
  std::shared_ptr<StandingClock> clock = std::make_shared<StandingClock>();

  explicit Line(NetworkTier tier, std::chrono::milliseconds chunk = 1s) {
    harness.clock = clock;
    harness.recorder.network = tier;
    harness.synthesizer->chunk = chunk;
    harness.model->pieces.assign(60, "The shop opens at ten. ");
  }

  // Until nothing more comes by itself.
  Task<std::chrono::milliseconds> sent() {
    runtime::Signal never;
    std::size_t before = 0;
    for (std::size_t quiet = 0; quiet < 50; ++quiet) {
      const bool told = co_await never.wait(runtime::SystemClock().now());
      EXPECT_FALSE(told);
      const std::size_t events = harness.recorder.events.size();
      if (std::exchange(before, events) != events) quiet = 0;
    }
    std::chrono::microseconds sum{};
    for (const auto& each : harness.recorder.all<ResponseAudio>()) sum += each.chunk.pcm.duration();
    co_return std::chrono::duration_cast<std::chrono::milliseconds>(sum);
  }
  Task<> ask() {
    EXPECT_TRUE(harness.session->add_message("q", language::ChatRole::kUser, "When does the shop open?"));
    EXPECT_TRUE(harness.session->create_response({}));
    const bool started = co_await harness.recorder.wait_for<ResponseAudio>();
    EXPECT_TRUE(started);
  }
  // On a poor network, in chunks of 100 ms.
  Task<> ask_slowly() {
    co_await ask();
    const auto first = co_await sent();
    EXPECT_EQ(first, 3100ms);
  }
  void pass(std::chrono::milliseconds time) {
    clock->advance(time);
    harness.session->client_returned(0us);  // looks at the clock again
  }
  void run(Task<> (*body)(Line*)) {
    harness.start();
    harness.io.run(whole(this, body));
  }
  static Task<> whole(Line* line, Task<> (*body)(Line*)) {
    co_await body(line);
    co_await line->harness.session->close();
  }
};

TEST(SessionLead, IsTwentySecondsOnAGoodNetwork) {
  Line line(NetworkTier::kGood);
  line.run([](Line* l) -> Task<> {
    co_await l->ask();
    const auto first = co_await l->sent();
    EXPECT_EQ(first, 21s);
    l->pass(5s);
    const auto then = co_await l->sent();
    EXPECT_EQ(then, 26s);
  });
}

TEST(SessionLead, IsShortOnASlowNetworkAlsoInsideASentence) {
  Line line(NetworkTier::kPoor, 100ms);
  line.run([](Line* l) -> Task<> {
    co_await l->ask_slowly();
    l->pass(450ms);
    const auto then = co_await l->sent();
    EXPECT_EQ(then, 3500ms);
    l->harness.recorder.network = NetworkTier::kFair;
    l->pass(0ms);
    const auto better = co_await l->sent();
    EXPECT_EQ(better, 6500ms);
    l->harness.recorder.network = NetworkTier::kPoor;
    l->pass(3s);
    const auto worse = co_await l->sent();
    EXPECT_EQ(worse, 6500ms) << "what was sent ahead is there";
  });
}

TEST(SessionLead, IsKeptWhileItsClientIsLost) {
  Line line(NetworkTier::kPoor, 100ms);
  line.run([](Line* l) -> Task<> {
    co_await l->ask_slowly();
    l->harness.session->client_lost();
    l->clock->advance(60s);
    const auto lost = co_await l->sent();
    EXPECT_EQ(lost, 3100ms);
    l->pass(0ms);
    const auto back = co_await l->sent();
    EXPECT_GT(back, 6s);
  });
}

}  // namespace
}  // namespace parley::conversation
