// SPDX-License-Identifier: Apache-2.0
#include "speech/remote/engine_messages.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using inference::EngineMessageReader;
using inference::EngineMessageWriter;
using std::chrono::milliseconds;

template <class T>
std::string written(const T& value) {
  EngineMessageWriter to;
  write(to, value);
  return to.take();
}

template <class T>
T read_back(const std::string& message) {
  EngineMessageReader from(message);
  T value;
  read(from, value);
  EXPECT_TRUE(from.ended());
  return value;
}

Transcript sentence() {
  Transcript transcript;
  transcript.text = "Two beers.";
  transcript.spoken = "two beers";
  transcript.words = {{"two", milliseconds(100), milliseconds(300), 0.5, {{"too", 0.25}, {"to", 0.125}}},
                      {"beers", milliseconds(300), milliseconds(900)}};
  transcript.confidence = 0.75;
  transcript.settled = false;
  transcript.processed = 16000;
  return transcript;
}

TEST(EngineMessages, ATranscriptComesBackWhole) {
  const auto before = sentence();
  const auto after = read_back<Transcript>(written(before));
  EXPECT_EQ(after.text, before.text);
  EXPECT_EQ(after.spoken, before.spoken);
  EXPECT_EQ(after.words, before.words);
  EXPECT_EQ(after.confidence, before.confidence);
  EXPECT_EQ(after.is_final, before.is_final);
  EXPECT_EQ(after.settled, before.settled);
  EXPECT_EQ(after.processed, before.processed);
}

TEST(EngineMessages, RequestsComeBackWhole) {
  const auto load = read_back<EngineLoad>(written(EngineLoad{"/models/a", "/lib/b", 1.5}));
  EXPECT_EQ(load.folder, "/models/a");
  EXPECT_EQ(load.library, "/lib/b");
  EXPECT_EQ(load.word_bonus, 1.5);
  const auto begin = read_back<UtteranceBegin>(written(UtteranceBegin{false, {"anna", "zebra crossing"}}));
  EXPECT_FALSE(begin.english);
  EXPECT_EQ(begin.expected, (std::vector<std::string>{"anna", "zebra crossing"}));
  const auto step = read_back<UtteranceStep>(written(UtteranceStep{true, sentence()}));
  EXPECT_TRUE(step.more);
  EXPECT_EQ(step.partial->spoken, "two beers");
  EXPECT_FALSE(read_back<UtteranceStep>(written(UtteranceStep{})).partial);
  const auto piece = read_back<SpeakPiece>(written(SpeakPiece{"hello", 3, 0.5}));
  EXPECT_EQ(piece.text, "hello");
  EXPECT_EQ(piece.speaker, 3);
  EXPECT_EQ(piece.speed, 0.5);
  const runtime::Error error{runtime::ErrorCode::kModelRequired, "there is none", "models.sherpa_onnx"};
  EXPECT_EQ(read_back<runtime::Error>(written(error)), error);
}

TEST(EngineMessages, WhatCannotBeIsMadeWhatCan) {
  auto strange = sentence();
  strange.text = "bad \xFF text";
  strange.words[0].start = milliseconds(-5);
  strange.words[0].end = milliseconds::max();
  strange.words[0].confidence = 7;
  strange.words[1].start = milliseconds(500);
  strange.words[1].end = milliseconds(100);
  strange.words[1].confidence = std::nan("");
  strange.words[1].alternatives.assign(50, {"x", -1});
  strange.processed = -1;
  const auto tamed = read_back<Transcript>(written(strange));
  EXPECT_EQ(tamed.text.find('\xFF'), std::string::npos);
  EXPECT_EQ(tamed.words[0].start, milliseconds(0));
  EXPECT_LE(tamed.words[0].end, std::chrono::hours(24));
  EXPECT_EQ(tamed.words[0].confidence, 1);
  EXPECT_EQ(tamed.words[1].end, milliseconds(500));
  EXPECT_FALSE(tamed.words[1].confidence);
  EXPECT_EQ(tamed.words[1].alternatives.size(), kMostAlternatives);
  EXPECT_EQ(tamed.words[1].alternatives[0].posterior, 0);
  EXPECT_EQ(tamed.processed, 0);
  EngineMessageWriter to;
  to.number(255);
  to.text("of no code");
  to.text("");
  EXPECT_EQ(read_back<runtime::Error>(to.take()).code, runtime::ErrorCode::kInternalError);
}

TEST(EngineMessages, ATranscriptThatIsCutAnywhereIsNone) {
  const auto message = written(sentence());
  for (std::size_t size = 0; size < message.size(); ++size) {
    EngineMessageReader from(std::string_view(message).substr(0, size));
    Transcript transcript;
    read(from, transcript);
    EXPECT_FALSE(from.ended()) << size;
  }
}

}  // namespace
}  // namespace parley::speech
