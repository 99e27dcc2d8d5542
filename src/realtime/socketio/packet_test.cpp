// SPDX-License-Identifier: Apache-2.0
#include "realtime/socketio/packet.hpp"

#include "realtime/socketio/engine_packet.hpp"
#include "runtime/json.hpp"

#include <gtest/gtest.h>

namespace parley::realtime::socketio {
namespace {

using runtime::ErrorCode;

Packet whole(std::string_view text) {
  PacketReader reader;
  auto packet = reader.text(text);
  if (!packet || !*packet) {
    ADD_FAILURE() << text;
    return {};
  }
  return std::move(**packet);
}

TEST(SocketIoPacket, IsReadAndWrittenTheSame) {
  for (const std::string_view text :
       {"0", R"(0{"token":"a.b.c"})", R"(0/admin,{"sid":"x"})", "1", "1/admin,", R"(2["end_utterance"])",
        R"(2["audio_chunk",{"sequenceNumber":1}])", R"(2/admin,["a"])", R"(212["a",{}])",
        R"(2/admin,456["a",1])", R"(312[])", R"(3/admin,13["b"])", R"(50-["a"])"}) {
    EXPECT_EQ(format(whole(text)), std::string(text)) << text;
  }
}

TEST(SocketIoPacket, HasItsParts) {
  const Packet packet = whole(R"(2/admin,456["project:delete",123])");
  EXPECT_EQ(packet.type, PacketType::kEvent);
  EXPECT_EQ(packet.space, "/admin");
  EXPECT_EQ(packet.id, 456U);
  EXPECT_EQ(packet.data.at(0), "project:delete");
  EXPECT_EQ(whole("1/admin").space, "/admin");
}

TEST(SocketIoPacket, IsWholeWithItsAttachments) {
  PacketReader reader;
  const auto first = reader.text(
      R"(52-["audio_chunk",{"audioData":{"_placeholder":true,"num":1}},{"_placeholder":true,"num":0}])");
  ASSERT_TRUE(first);
  EXPECT_FALSE(*first);
  EXPECT_FALSE(*reader.binary("zero"));
  const auto last = reader.binary("one");
  ASSERT_TRUE(last && *last);
  const Packet& packet = **last;
  EXPECT_EQ(*attachment(packet, packet.data.at(1).at("audioData")), "one");
  EXPECT_EQ(*attachment(packet, packet.data.at(2)), "zero");
  EXPECT_EQ(attachment(packet, packet.data.at(0)), nullptr);
  EXPECT_EQ(attachment(packet, placeholder(2)), nullptr);
  EXPECT_EQ(attachment(packet, *runtime::parse_json(R"({"_placeholder":true,"num":-1})")), nullptr);
  EXPECT_EQ(attachment(packet, *runtime::parse_json(R"({"_placeholder":1,"num":0})")), nullptr);
  EXPECT_TRUE(reader.text("1")) << "the next packet";
}

class BadPacket : public ::testing::TestWithParam<const char*> {};

TEST_P(BadPacket, IsRefused) {
  PacketReader reader;
  const auto packet = reader.text(GetParam());
  ASSERT_FALSE(packet) << GetParam();
  EXPECT_EQ(packet.error().code, ErrorCode::kBadRequest);
}

INSTANTIATE_TEST_SUITE_P(SocketIo, BadPacket,
                         ::testing::Values("", "7", "a", "0[]", "0\"x\"", "1{}", "2", "2{}", "2[]", "2[1]",
                                           "2[{}]", "2[\"a\"", R"(2["connect"])", R"(2["disconnect"])",
                                           R"(2["newListener"])", "3[]", "31", R"(4{"message":"no"})",
                                           R"(5["a"])", R"(51["a"])", R"(5-["a"])", R"(59-["a"])",
                                           R"(599999999999999999999-["a"])", R"(2999999999999999999999["a"])",
                                           R"(2/a)"));

TEST(PacketReader, KeepsPacketsAndAttachmentsInOrder) {
  PacketReader lone;
  EXPECT_FALSE(lone.binary("bytes"));
  PacketReader reader;
  EXPECT_TRUE(reader.text(R"(51-["a",{"_placeholder":true,"num":0}])"));
  EXPECT_FALSE(reader.text(R"(2["a"])"));
}

TEST(PacketReader, IsBounded) {
  PacketReader reader;
  EXPECT_EQ(reader.text("2[\"" + std::string(kMaxPacketBytes, 'a') + "\"]").error().code,
            ErrorCode::kPayloadTooLarge);
  EXPECT_FALSE(reader.text("2/" + std::string(300, 'a') + ",[\"a\"]"));
  EXPECT_TRUE(reader.text(R"(52-["a"])"));
  EXPECT_TRUE(reader.binary(std::string(kMaxAttachedBytes, 'a')));
  EXPECT_EQ(reader.binary("a").error().code, ErrorCode::kPayloadTooLarge);
}

TEST(EngineIoPayload, IsReadAndWrittenTheSame) {
  for (const std::string_view body : {"2probe",
                                      "4hello\x1e"
                                      "4world",
                                      "4hi\x1e"
                                      "bAAEC\x1e"
                                      "3",
                                      "1", "6"}) {
    const auto packets = parse_payload(body);
    ASSERT_TRUE(packets) << body;
    EXPECT_EQ(format_payload(*packets), std::string(body));
    std::size_t size = 0;
    for (const auto& packet : *packets) size += payload_size(packet);
    EXPECT_GE(size, body.size());
  }
  const auto packets = parse_payload(
      "4hi\x1e"
      "bAAEC");
  EXPECT_EQ(packets->at(0), (EnginePacket{EngineType::kMessage, "hi", false}));
  EXPECT_EQ(packets->at(1), (EnginePacket{EngineType::kMessage, std::string("\0\1\2", 3), true}));
}

TEST(EngineIoPayload, ThatIsNoneIsRefused) {
  for (const std::string& body :
       {std::string(), std::string("7"), std::string("hello"), std::string("4a\x1e"),
        std::string("\x1e"
                    "4a"),
        std::string("b?"), std::string("bAA=A"), std::string("{\"a\":1}")}) {
    EXPECT_FALSE(parse_payload(body)) << body;
  }
  std::string many = "4";
  for (std::size_t i = 0; i < kMaxPayloadPackets; ++i)
    many +=
        "\x1e"
        "4";
  EXPECT_FALSE(parse_payload(many));
}

}  // namespace
}  // namespace parley::realtime::socketio
