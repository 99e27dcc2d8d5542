// SPDX-License-Identifier: Apache-2.0
#include "realtime/stream_events.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

template <class Event>
Event read(std::string_view text) {
  const auto event = read_stream_event(text);
  if (!event || !std::holds_alternative<Event>(*event)) {
    ADD_FAILURE() << text;
    return {};
  }
  return std::get<Event>(*event);
}

TEST(StreamEvent, IsReadByItsTypeOrAction) {
  read<StreamStart>(R"({"type":"start"})");
  read<StreamStart>(R"({"action":"start","sampleRate":16000})");
  read<StreamStop>(R"({"type":"stop"})");
  read<StreamInterrupt>(R"({"type":"interrupt"})");
  read<StreamPing>(R"({"type":"ping"})");
  EXPECT_EQ(read<StreamText>(R"({"type":"text","text":"When?"})").text, "When?");
  const auto vad = read<StreamVad>(R"({"type":"vad","confidence":0.8,"duration":200})");
  EXPECT_DOUBLE_EQ(vad.confidence, 0.8);
  EXPECT_EQ(vad.duration.count(), 200);
}

TEST(StreamEvent, ThatCannotBeReadIsRefused) {
  for (const std::string& text :
       {std::string("hello"), std::string("[]"), std::string("{}"), std::string(R"({"type":"tea"})"),
        std::string(R"({"type":3})"), std::string(R"({"type":"vad","confidence":2})"),
        std::string(R"({"type":"vad","confidence":0.5,"duration":-1})"),
        std::string(R"({"type":"vad","confidence":0.5,"duration":1e300})"), std::string(R"({"type":"text"})"),
        std::string(R"({"type":"text","text":"  "})"),
        R"({"type":"text","text":")" + std::string(9000, 'a') + R"("})", std::string(70'000, ' ')}) {
    const auto event = read_stream_event(text);
    ASSERT_FALSE(event) << text.substr(0, 80);
    EXPECT_FALSE(event.error().message.empty());
  }
}

}  // namespace
}  // namespace parley::realtime
