// SPDX-License-Identifier: Apache-2.0
#include "realtime/wyoming/event.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace parley::realtime::wyoming {
namespace {

using runtime::ErrorCode;

// All events of the bytes; the error behind them, if there is one.
struct ReadResult {
  std::vector<Event> events;
  std::optional<runtime::Error> error;
};

ReadResult read(std::string_view bytes, std::size_t piece) {
  EventReader reader;
  ReadResult result;
  for (std::size_t at = 0; at < bytes.size() && !result.error; at += piece) {
    reader.push(bytes.substr(at, piece));
    for (;;) {
      auto event = reader.next();
      if (!event) result.error = event.error();
      if (!event || !event->has_value()) break;
      result.events.push_back(std::move(**event));
    }
  }
  return result;
}

TEST(WyomingEvent, IsReadWhateverPiecesItComesIn) {
  const std::string bytes =
      "{\"type\": \"describe\"}\n"
      "{\"type\":\"audio-chunk\",\"version\":\"1.9.0\",\"data_length\":42,\"payload_length\":4}\n"
      "{\"rate\": 16000, \"width\": 2, \"channels\": 1}a\nb{"
      "{\"type\":\"transcribe\",\"data\":{\"language\":\"en\"},\"data_length\":null,\"payload_length\":0}\n"
      "{\"type\":\"synthesize\",\"data\":{\"text\":\"old\",\"voice\":null},\"data_length\":15}\n{\"text\": "
      "\"new\"}"
      "{\"type\":\"audio-stop\",\"data\":null}\n";
  const std::vector<Event> expected = {
      {"describe"},
      {"audio-chunk", {{"rate", 16000}, {"width", 2}, {"channels", 1}}, "a\nb{"},
      {"transcribe", {{"language", "en"}}},
      {"synthesize", {{"text", "new"}, {"voice", nullptr}}},
      {"audio-stop"}};
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, bytes.size()}) {
    const ReadResult result = read(bytes, piece);
    EXPECT_FALSE(result.error) << to_string(*result.error);
    EXPECT_EQ(result.events, expected) << piece;
  }
}

TEST(WyomingEvent, IsRefusedWhenItIsNone) {
  struct Case {
    std::string bytes;
    ErrorCode code;
  };
  const std::string endless(kMaxJsonBytes + 1, ' ');
  for (const auto& [bytes, code] : {
           Case{"POST / HTTP/1.1\r\n", ErrorCode::kBadRequest},
           Case{"\n", ErrorCode::kBadRequest},
           Case{"[]\n", ErrorCode::kBadRequest},
           Case{"{}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":7}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\xff\"}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\",\"data\":[]}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\",\"data_length\":-1}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\",\"data_length\":1.5}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\",\"data_length\":\"2\"}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\",\"data_length\":2}\n[]", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\",\"payload_length\":true}\n", ErrorCode::kBadRequest},
           Case{"{\"type\":\"a\",\"payload_length\":262145}\n", ErrorCode::kPayloadTooLarge},
           Case{"{\"type\":\"a\",\"payload_length\":18446744073709551615}\n", ErrorCode::kPayloadTooLarge},
           Case{"{\"type\":\"a\",\"data_length\":9e99}\n", ErrorCode::kBadRequest},
           Case{endless, ErrorCode::kPayloadTooLarge},
           Case{endless + "\n", ErrorCode::kPayloadTooLarge},
       }) {
    const ReadResult result = read(bytes, bytes.size());
    ASSERT_TRUE(result.error) << bytes.substr(0, 60);
    EXPECT_EQ(result.error->code, code) << bytes.substr(0, 60);
    EXPECT_TRUE(result.events.empty());
  }
}

TEST(WyomingEvent, IsWrittenForReadersOfShortLines) {
  const Event spoken{"audio-chunk", {{"rate", 16000}, {"width", 2}, {"channels", 1}}, "\x01\n"};
  const std::string bytes = format(spoken);
  EXPECT_EQ(bytes,
            "{\"type\":\"audio-chunk\",\"data_length\":37,\"payload_length\":2}\n"
            "{\"rate\":16000,\"width\":2,\"channels\":1}\x01\n");
  EXPECT_EQ(read(bytes, 5).events, std::vector{spoken});
  EXPECT_EQ(format({"pong"}), "{\"type\":\"pong\",\"data\":{}}\n");
}

}  // namespace
}  // namespace parley::realtime::wyoming
