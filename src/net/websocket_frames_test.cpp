// SPDX-License-Identifier: Apache-2.0
#include "net/websocket_frames.hpp"

#include <gtest/gtest.h>

namespace parley::net {
namespace {

using namespace std::string_literals;

// As a client sends it.
std::string frame(int first, std::string_view payload, std::string_view mask = "\x11\x22\x33\x44") {
  std::string out;
  append_frame(out, WebSocketOpcode::kBinary, payload);
  const std::size_t head = out.size() - payload.size();
  out[0] = static_cast<char>(first);
  out[1] = static_cast<char>(static_cast<unsigned char>(out[1]) | 0x80U);
  for (std::size_t i = 0; i < payload.size(); ++i)
    out[head + i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  return out.insert(head, mask);
}

// All that is read of `bytes` when they come in such pieces, as one line each.
std::string heard(std::string_view bytes, std::size_t piece, std::size_t largest = 100'000) {
  WebSocketReader reader(largest);
  std::string lines;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    for (auto input = reader.next(part); input; input = reader.next(part)) {
      if (const auto* message = std::get_if<WebSocketMessage>(&*input)) {
        lines += (message->text ? "text " : "binary ") + message->data + "\n";
      } else if (const auto* ping = std::get_if<WebSocketPing>(&*input)) {
        lines += "ping " + ping->payload + "\n";
      } else if (std::holds_alternative<WebSocketPong>(*input)) {
        lines += "pong\n";
      } else if (const auto* closed = std::get_if<WebSocketClosed>(&*input)) {
        lines += "close " + std::to_string(closed->code) + "\n";
      } else {
        return lines + "fault " + std::to_string(std::get<WebSocketFault>(*input).code) + "\n";
      }
    }
  }
  return lines;
}

TEST(WebSocketFrames, AreReadHoweverTheyAreCut) {
  const std::string small(125, 's');
  const std::string middle(126, 'm');
  const std::string large(70'000, 'l');
  const std::string bytes = frame(0x81, "h\xC3\xA9llo") + frame(0x82, "") + frame(0x01, "one ") +
                            frame(0x89, "are you there") + frame(0x00, "whole ") + frame(0x8A, "") +
                            frame(0x80, "message") + frame(0x82, small) + frame(0x82, middle) +
                            frame(0x82, large) +
                            frame(0x88,
                                  "\x03\xE9"
                                  "bye");
  const std::string expected =
      "text h\xC3\xA9llo\nbinary \nping are you there\npong\ntext one whole message\nbinary " + small +
      "\nbinary " + middle + "\nbinary " + large + "\nclose 1001\n";
  for (const std::size_t piece : {1UL, 2UL, 3UL, 5UL, 7UL, 64UL, 4096UL, bytes.size()}) {
    EXPECT_EQ(heard(bytes, piece), expected) << piece;
  }
}

TEST(WebSocketFrames, TellWhatAClientMayNotSend) {
  struct Case {
    const char* what;
    std::string bytes;
    const char* expected;
  };
  const Case cases[] = {
      {"reserved bit", frame(0xC1, ""), "fault 1002\n"},
      {"unknown opcode", frame(0x83, ""), "fault 1002\n"},
      {"no mask", "\x81\x02hi"s, "fault 1002\n"},
      {"fragmented ping", frame(0x09, ""), "fault 1002\n"},
      {"ping of 126 bytes", frame(0x89, std::string(126, 'p')), "fault 1002\n"},
      {"continuation of nothing", frame(0x80, ""), "fault 1002\n"},
      {"new message within another", frame(0x01, "a") + frame(0x81, "b"), "fault 1002\n"},
      {"two bytes of length for five", "\x81\xFE\x00\x05\0\0\0\0hello"s, "fault 1002\n"},
      {"eight bytes of length for five", "\x81\xFF\0\0\0\0\0\0\0\x05\0\0\0\0hello"s, "fault 1002\n"},
      {"length with its highest bit", "\x82\xFF\x80\0\0\0\0\0\0\0\0\0\0\0"s, "fault 1002\n"},
      {"length of an exabyte", "\x82\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0\0\0\0"s, "fault 1009\n"},
      {"message over the limit", frame(0x82, std::string(1001, 'x')), "fault 1009\n"},
      {"fragments over the limit", frame(0x02, std::string(600, 'x')) + frame(0x80, std::string(600, 'x')),
       "fault 1009\n"},
      {"text that is not UTF-8", frame(0x81, "\xC3\x28"), "fault 1007\n"},
      {"close frame of one byte", frame(0x88, "\x03"), "fault 1002\n"},
      {"close code that nobody may send", frame(0x88, "\x03\xEE"), "fault 1002\n"},
      {"close reason that is not UTF-8", frame(0x88, "\x03\xE8\xFF"), "fault 1007\n"},
      {"close without a code", frame(0x88, ""), "close 1005\n"},
      {"close code of an application", frame(0x88, "\x0F\xA0"), "close 4000\n"},
      {"UTF-8 cut between fragments", frame(0x01, "\xC3") + frame(0x80, "\xA9"), "text \xC3\xA9\n"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(heard(each.bytes, each.bytes.size(), 1000), each.expected) << each.what;
    EXPECT_EQ(heard(each.bytes, 1, 1000), each.expected) << each.what << ", byte by byte";
  }
}

TEST(WebSocketFrames, AreWrittenWithTheShortestLength) {
  const std::pair<std::size_t, std::string> cases[] = {
      {0, "\x82\x00"s},
      {125, "\x82\x7D"s},
      {126, "\x82\x7E\x00\x7E"s},
      {65'535, "\x82\x7E\xFF\xFF"s},
      {65'536, "\x82\x7F\0\0\0\0\0\x01\0\0"s},
  };
  for (const auto& [size, head] : cases) {
    std::string out = "before";
    append_frame(out, WebSocketOpcode::kBinary, std::string(size, 'x'));
    EXPECT_EQ(out.size(), 6 + head.size() + size);
    EXPECT_EQ(out.substr(6, head.size()), head) << size;
  }
}

TEST(WebSocketFrames, CloseForAReasonOfWholeCharacters) {
  struct Case {
    std::string reason;
    std::string told;
  };
  const std::string filling(122, 'r');
  const Case cases[] = {{"", ""},
                        {"gone", "gone"},
                        {std::string(200, 'r'), std::string(123, 'r')},
                        {filling + "\u00e9", filling},
                        {filling.substr(1) + "\u00e9", filling.substr(1) + "\u00e9"},
                        {filling.substr(2) + "\U0001F600", filling.substr(2)},
                        {"no \xff text", "no "}};
  for (const Case& each : cases) EXPECT_EQ(close_payload(1008, each.reason), "\x03\xf0" + each.told);
}

TEST(WebSocketFrames, AnswerTheKeyOfTheStandard) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

}  // namespace
}  // namespace parley::net
