// SPDX-License-Identifier: Apache-2.0
#include "realtime/plain_channel.hpp"

#include "realtime/clone_channel.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace conversation;

struct Told {
  std::string type;
  boost::json::object data;
};

struct Harness {
  std::vector<Told> told;
  std::vector<std::string> audio;
  CloneChannel channel{AudioSettings{},
                       {[this](std::string_view type, boost::json::object data) {
                          told.push_back({std::string(type), std::move(data)});
                        },
                        [this](boost::json::object data, std::string bytes) {
                          told.push_back({"audio", std::move(data)});
                          audio.push_back(std::move(bytes));
                        }}};

  void answer(const std::string& id, ResponseStatus status, std::optional<runtime::Error> error = {}) {
    channel.deliver(ResponseStarted{id, "item", true});
    channel.deliver(ResponseText{id, "item", "At ten."});
    speech::AudioChunk chunk;
    chunk.pcm.samples.assign(1600, 1000);
    channel.deliver(ResponseAudio{id, "item", chunk});
    channel.deliver(ResponseAudio{id, "item", chunk});
    channel.deliver(
        ResponseCitations{id, "item", {{"doc", "shop.md", "Shop", "", "The shop opens at ten.", 0, 22}}});
    channel.deliver(ResponseDone{id, "item", status, "", "At ten.", std::move(error), {}});
    TurnRecord record;
    record.marks = {{"endpoint", 400},        {"asr_final", 420},       {"retrieval_done", 410},
                    {"llm_first_token", 450}, {"tts_first_audio", 480}, {"first_audio_sent", 481}};
    channel.deliver(TurnCompleted{record});
  }
  std::vector<std::string> types() const {
    std::vector<std::string> types;
    for (const Told& each : told) types.push_back(each.type);
    return types;
  }
};

TEST(CloneChannel, TellsWhatTheNetworkIsLike) {
  Harness h;
  h.channel.deliver(NetworkChanged{NetworkTier::kPoor, std::chrono::milliseconds(700), 0.05});
  EXPECT_EQ(h.types(), std::vector<std::string>{"network:changed"});
  EXPECT_EQ(h.told.at(0).data,
            (boost::json::object{{"tier", "poor"}, {"roundTripMs", 700}, {"lossPercent", 5.0}}));
}

TEST(CloneChannel, TellsAnAnswerFromItsStartToItsEnd) {
  Harness h;
  h.answer("resp_1", ResponseStatus::kCompleted);
  EXPECT_EQ(h.types(),
            (std::vector<std::string>{"response_start", "response_chunk", "audio", "audio", "response_end"}));
  EXPECT_EQ(h.audio.at(0).size(), 3200U);
  EXPECT_EQ(h.told.at(3).data.at("sequenceNumber"), 1);
  const auto& end = h.told.back().data;
  EXPECT_EQ(end.at("status"), "completed");
  EXPECT_EQ(end.at("sources").at(0).at("documentTitle"), "Shop");
  EXPECT_DOUBLE_EQ(end.at("metrics").at("totalLatencyMs").as_double(), 481);
  EXPECT_DOUBLE_EQ(end.at("metrics").at("asrLatencyMs").as_double(), 420);
  EXPECT_DOUBLE_EQ(end.at("metrics").at("ragLatencyMs").as_double(), 0)
      << "it was done before the words were final";
  EXPECT_DOUBLE_EQ(end.at("metrics").at("llmLatencyMs").as_double(), 30);
  EXPECT_DOUBLE_EQ(end.at("metrics").at("ttsLatencyMs").as_double(), 30);
}

TEST(CloneChannel, TellsOfAnInterruptionAndCountsAnswers) {
  Harness h;
  h.answer("resp_1", ResponseStatus::kCompleted);
  h.told.clear();
  h.answer("resp_2", ResponseStatus::kCancelled);
  EXPECT_EQ(h.types(), (std::vector<std::string>{"response_start", "response_chunk", "audio", "audio",
                                                 "conversation:interrupted", "response_end"}));
  EXPECT_EQ(h.told.at(0).data.at("turnIndex"), 1);
  EXPECT_EQ(h.told.at(2).data.at("sequenceNumber"), 0);
  EXPECT_EQ(h.told.at(4).data.at("turnIndex"), 1);
}

TEST(CloneChannel, TellsOfAnInterruptionOfWhatHadEndedAndStillPlayed) {
  Harness h;
  h.answer("resp_1", ResponseStatus::kCompleted);
  h.told.clear();
  h.channel.deliver(ResponseCutOff{"resp_1"});
  EXPECT_EQ(h.types(), std::vector<std::string>{"conversation:interrupted"});
  EXPECT_EQ(h.told.at(0).data, (boost::json::object{{"turnIndex", 0}, {"turnId", "resp_1"}}));
}

TEST(CloneChannel, TellsOfAFailureByTheNameThatClientsKnow) {
  Harness h;
  h.answer("resp_1", ResponseStatus::kFailed,
           runtime::Error{runtime::ErrorCode::kTtsFailed, "the voice failed"});
  const auto& error = h.told.at(4);
  EXPECT_EQ(error.type, "error");
  EXPECT_EQ(error.data.at("errorCode"), "TTS_ERROR");
  EXPECT_EQ(error.data.at("recoverable"), true);
  EXPECT_EQ(h.told.back().type, "response_end");
  EXPECT_EQ(h.told.back().data.at("status"), "failed");
}

TEST(CloneChannel, ShowsStatesAndWords) {
  Harness h;
  h.channel.deliver(StateChanged{SessionState::kIdle, SessionState::kListening});
  h.channel.deliver(UserSpeechStarted{"item", {}});
  speech::Transcript transcript;
  transcript.spoken = "when is";
  h.channel.deliver(TranscriptChanged{"item", transcript});
  transcript.text = "When is the shop open?";
  transcript.confidence = 0.9;
  h.channel.deliver(TranscriptCompleted{"item", transcript});
  EXPECT_EQ(h.types(), (std::vector<std::string>{"state:changed", "transcript", "transcript"}));
  EXPECT_EQ(h.told[0].data.at("previousState"), "idle");
  EXPECT_EQ(h.told[0].data.at("currentState"), "listening");
  EXPECT_EQ(h.told[1].data.at("transcript"), "when is");
  EXPECT_EQ(h.told[1].data.at("isFinal"), false);
  EXPECT_EQ(h.told[2].data.at("transcript"), "When is the shop open?");
  EXPECT_DOUBLE_EQ(h.told[2].data.at("confidence").as_double(), 0.9);
  h.channel.deliver(ResponseStarted{"resp_1", "item", true});
  h.channel.deliver(OutputLevelChanged{"resp_1", "item", OutputLevel::kDucked});
  EXPECT_EQ(h.told.back().type, "output:level");
  EXPECT_EQ(h.told.back().data.at("level"), "ducked");
}

}  // namespace
}  // namespace parley::realtime
