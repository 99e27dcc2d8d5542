// SPDX-License-Identifier: Apache-2.0
#include "realtime/wire_audio.hpp"

#include "runtime/json.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using runtime::ErrorCode;

runtime::Result<WireCodec> read(std::string_view text) {
  return read_wire_codec(*runtime::parse_json(text), "format");
}

TEST(WireAudio, ReadsTheNamesOfBothProtocols) {
  EXPECT_EQ(*read(R"({"type":"audio/pcm","rate":24000})"), WireCodec::kPcm16);
  EXPECT_EQ(*read(R"({"type":"audio/pcm"})"), WireCodec::kPcm16);
  EXPECT_EQ(*read(R"({"type":"audio/pcmu"})"), WireCodec::kMuLaw);
  EXPECT_EQ(*read(R"({"type":"audio/pcma","rate":8000})"), WireCodec::kALaw);
  EXPECT_EQ(*read(R"("pcm16")"), WireCodec::kPcm16);
  EXPECT_EQ(*read(R"("g711_ulaw")"), WireCodec::kMuLaw);
  EXPECT_EQ(*read(R"("g711_alaw")"), WireCodec::kALaw);
}

TEST(WireAudio, RefusesWhatItDoesNotSpeak) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"type":"audio/opus"})", "format.type"},
      {R"({"type":"audio/pcm","rate":8000})", "format.rate"},
      {R"({"type":"audio/pcm","rate":"fast"})", "format.rate"},
      {R"({"type":7})", "format"},
      {R"({})", "format"},
      {R"("mp3")", "format"},
      {R"(24000)", "format"},
  };
  for (const auto& [text, param] : cases) {
    const auto codec = read(text);
    ASSERT_FALSE(codec) << text;
    EXPECT_EQ(codec.error().code, ErrorCode::kBadRequest) << text;
    EXPECT_EQ(codec.error().param, param) << text;
  }
}

TEST(WireAudio, DescribesWhatItRead) {
  for (const auto codec : {WireCodec::kPcm16, WireCodec::kMuLaw, WireCodec::kALaw}) {
    EXPECT_EQ(*read_wire_codec(describe_wire_codec(codec), ""), codec);
  }
  EXPECT_EQ(wire_rate(WireCodec::kPcm16), 24000);
  EXPECT_EQ(wire_rate(WireCodec::kALaw), 8000);
}

TEST(WireAudio, CarriesSamples) {
  const std::vector<std::int16_t> samples = {0, 1, -1, 32767, -32768, 1000};
  std::vector<std::int16_t> back;
  ASSERT_TRUE(decode_wire(WireCodec::kPcm16, encode_wire(WireCodec::kPcm16, samples), back));
  EXPECT_EQ(back, samples);
  for (const auto codec : {WireCodec::kMuLaw, WireCodec::kALaw}) {
    const auto bytes = encode_wire(codec, samples);
    EXPECT_EQ(bytes.size(), samples.size());
    ASSERT_TRUE(decode_wire(codec, bytes, back));
    for (std::size_t i = 0; i < samples.size(); ++i) {
      EXPECT_LE(std::abs(back[i] - samples[i]), std::abs(samples[i]) / 32 + 16) << samples[i];
    }
  }
  const std::uint8_t half[] = {1, 2, 3};
  EXPECT_EQ(decode_wire(WireCodec::kPcm16, half, back).error().param, "audio");
  EXPECT_TRUE(decode_wire(WireCodec::kMuLaw, half, back));
  EXPECT_TRUE(decode_wire(WireCodec::kPcm16, {}, back));
  EXPECT_TRUE(back.empty());
}

}  // namespace
}  // namespace parley::realtime
