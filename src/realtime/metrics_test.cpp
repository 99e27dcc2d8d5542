// SPDX-License-Identifier: Apache-2.0
#include "realtime/metrics.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

class Deaf final : public conversation::Channel {
 public:
  void deliver(conversation::ChannelEvent) override { ++delivered; }
  int delivered = 0;
};

conversation::TurnRecord spoken_turn() {
  conversation::TurnRecord record;
  record.turn_id = "turn_1";
  record.speech_end = std::chrono::milliseconds(1200);
  record.marks = {{"endpoint", 400}, {"first_audio_sent", 440}, {"done", 450}, {"unheard_of", 1}};
  return record;
}

class MeasuredChannelTest : public testing::Test {
 protected:
  void deliver(conversation::ChannelEvent event) {
    MeasuredChannel(channel_, measured_, [](conversation::SessionEnd) {}).deliver(std::move(event));
  }
  void expect(const std::string& line) {
    EXPECT_NE(metrics_.expose_open().find(line), std::string::npos) << line << " in\n"
                                                                    << metrics_.expose_open();
  }

  runtime::Metrics metrics_;
  RealtimeMetrics measured_{metrics_};
  Deaf channel_;
};

TEST_F(MeasuredChannelTest, CountsTheStagesOfATurnUnderItsId) {
  deliver(conversation::TurnCompleted{spoken_turn()});
  EXPECT_EQ(channel_.delivered, 1);
  expect("parley_turns_total 1\n");
  expect("parley_voice_to_voice_seconds_bucket{le=\"0.45\"} 1 # {turn_id=\"turn_1\"} 0.44\n");
  expect("parley_turn_stage_seconds_bucket{stage=\"endpoint\",le=\"0.45\"} 1 # {turn_id=\"turn_1\"} 0.4\n");
  expect("parley_turn_stage_seconds_bucket{stage=\"done\",le=\"0.45\"} 1 # {turn_id=\"turn_1\"} 0.45\n");
  expect("parley_turn_stage_seconds_count{stage=\"asr_final\"} 0\n");
  EXPECT_EQ(metrics_.expose_open().find("unheard_of"), std::string::npos);
}

TEST_F(MeasuredChannelTest, CountsNoVoiceToVoiceOfWhatWasTyped) {
  auto typed = spoken_turn();
  typed.speech_end.reset();
  deliver(conversation::TurnCompleted{std::move(typed)});
  expect("parley_voice_to_voice_seconds_count 0\n");
  expect("parley_turn_stage_seconds_count{stage=\"first_audio_sent\"} 1\n");
}

TEST_F(MeasuredChannelTest, CountsNoTurnWhereNothingWasAnswered) {
  auto greeting = spoken_turn();
  greeting.announced = true;
  deliver(conversation::TurnCompleted{std::move(greeting)});
  EXPECT_EQ(channel_.delivered, 1);
  expect("parley_turns_total 0\n");
  expect("parley_turn_stage_seconds_count{stage=\"done\"} 0\n");
}

}  // namespace
}  // namespace parley::realtime
