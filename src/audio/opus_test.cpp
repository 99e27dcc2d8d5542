// SPDX-License-Identifier: Apache-2.0
#include "audio/opus.hpp"

#include "audio/level.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

using runtime::ErrorCode;
using std::chrono::microseconds;
using Samples = std::vector<std::int16_t>;

Samples sine(PcmFormat format, double seconds, double hertz = 440) {
  Samples samples;
  for (int i = 0; i < static_cast<int>(seconds * format.rate); ++i) {
    const double angle = 2 * std::numbers::pi * hertz * i / format.rate;
    samples.insert(samples.end(), static_cast<std::size_t>(format.channels),
                   static_cast<std::int16_t>(8000 * std::sin(angle)));
  }
  return samples;
}

std::vector<std::vector<std::uint8_t>> packed(OpusPacker& packer, const Samples& samples) {
  std::vector<std::vector<std::uint8_t>> packets;
  for (std::size_t i = 0; i + packer.frame_samples() <= samples.size(); i += packer.frame_samples()) {
    auto packet = packer.pack(std::span(samples).subspan(i, packer.frame_samples()));
    EXPECT_TRUE(packet);
    if (packet) packets.push_back(std::move(*packet));
  }
  return packets;
}

TEST(Opus, CarriesSpeechAtEveryRateAndFrame) {
  for (const int rate : {8000, 12000, 16000, 24000, 48000}) {
    for (const int channels : {1, 2}) {
      for (const int frame_us : {2500, 5000, 10000, 20000, 40000, 60000}) {
        const PcmFormat format{rate, channels};
        auto packer =
            OpusPacker::create({.format = format, .frame = microseconds(frame_us), .bitrate = 64000});
        auto unpacker = OpusUnpacker::create(format);
        ASSERT_TRUE(packer && unpacker);
        const Samples in = sine(format, 0.6);
        Samples out;
        for (const auto& packet : packed(*packer, in)) {
          const auto samples = unpacker->unpack(packet);
          ASSERT_TRUE(samples);
          EXPECT_EQ(samples->size(), packer->frame_samples());
          out.insert(out.end(), samples->begin(), samples->end());
        }
        const Samples end(out.end() - static_cast<std::ptrdiff_t>(out.size() / 2), out.end());
        EXPECT_NEAR(rms_dbfs(end), rms_dbfs(in), 1.5) << rate << " Hz, " << channels << ", " << frame_us;
      }
    }
  }
}

TEST(Opus, DecodesToAnotherRateThanWasEncoded) {
  auto packer = OpusPacker::create({.format = {48000, 2}});
  auto unpacker = OpusUnpacker::create({16000, 1});
  ASSERT_TRUE(packer && unpacker);
  for (const auto& packet : packed(*packer, sine({48000, 2}, 0.2))) {
    const auto samples = unpacker->unpack(packet);
    ASSERT_TRUE(samples);
    EXPECT_EQ(samples->size(), 320u);
  }
}

double error_db(const Samples& expected, const Samples& actual) {
  double error = 0;
  double power = 0;
  for (std::size_t i = 0; i < std::min(expected.size(), actual.size()); ++i) {
    error += std::pow(expected[i] - actual[i], 2);
    power += std::pow(expected[i], 2);
  }
  return 10 * std::log10((error + 1) / (power + 1));
}

// Every fifth packet is lost: with correction in the next, what comes out is nearer to what would have come
// than when it is only continued.
TEST(Opus, RecoversLostPacketsFromTheNext) {
  const PcmFormat format{16000, 1};
  auto packer = OpusPacker::create(
      {.format = format, .bitrate = 32000, .forward_correction = true, .expected_loss_percent = 20});
  ASSERT_TRUE(packer);
  // A tone whose pitch wanders, so that continuing it goes wrong.
  Samples in;
  double angle = 0;
  for (int i = 0; i < 32000; ++i) {
    angle += 2 * std::numbers::pi * (300 + 200 * std::sin(i / 700.0)) / format.rate;
    in.push_back(static_cast<std::int16_t>(9000 * std::sin(angle)));
  }
  const auto packets = packed(*packer, in);
  auto whole = OpusUnpacker::create(format);
  auto corrected = OpusUnpacker::create(format);
  auto concealed = OpusUnpacker::create(format);
  Samples expected;
  Samples by_correction;
  Samples by_concealment;
  const auto append = [](Samples& to, const runtime::Result<Samples>& samples) {
    ASSERT_TRUE(samples);
    EXPECT_EQ(samples->size(), 320u);
    to.insert(to.end(), samples->begin(), samples->end());
  };
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    const bool lost = i % 5 == 4;
    append(expected, whole->unpack(packets[i]));
    append(by_correction,
           lost ? corrected->recover(packets[i + 1], microseconds(20'000)) : corrected->unpack(packets[i]));
    append(by_concealment, lost ? concealed->conceal(microseconds(20'000)) : concealed->unpack(packets[i]));
  }
  EXPECT_LT(error_db(expected, by_correction), error_db(expected, by_concealment) - 3);
}

TEST(Opus, RefusesWhatIsNoPacketAndGoesOn) {
  auto packer = OpusPacker::create({.format = {16000, 1}});
  auto unpacker = OpusUnpacker::create({16000, 1});
  ASSERT_TRUE(packer && unpacker);
  const auto packets = packed(*packer, sine({16000, 1}, 0.1));
  const std::vector<std::vector<std::uint8_t>> broken{
      {},            // empty
      {0x03},        // code 3 without its frame count
      {0x03, 0x00},  // no frames
      {0x03, 0x3F},  // more than 120 ms
      {0xFF, 0xC0},  // padding that is not there
      {0x01, 0x00},  // two frames of different sizes
      {0x02, 0xFF},  // a length that is not there
  };
  for (const auto& packet : broken) {
    const auto refused = unpacker->unpack(packet);
    ASSERT_FALSE(refused) << (packet.empty() ? -1 : packet[0]) << ", " << packet.size();
    EXPECT_EQ(refused.error().code, ErrorCode::kBadRequest);
    EXPECT_EQ(refused.error().param, "packet");
    EXPECT_TRUE(unpacker->unpack(packets[0]));
  }
}

TEST(Opus, SaysWhatItCannotDo) {
  const auto param = [](const OpusSettings& settings) {
    const auto made = OpusPacker::create(settings);
    return made ? std::string("made") : made.error().param;
  };
  EXPECT_EQ(param({.format = {44100, 1}}), "rate");
  EXPECT_EQ(param({.format = {48000, 3}}), "channels");
  EXPECT_EQ(param({.frame = microseconds(15'000)}), "frame");
  EXPECT_EQ(param({.bitrate = 100}), "bitrate");
  EXPECT_EQ(param({.complexity = 11}), "complexity");
  EXPECT_EQ(param({.expected_loss_percent = 101}), "expected_loss_percent");
  EXPECT_FALSE(OpusUnpacker::create({22050, 1}));

  auto packer = OpusPacker::create({});
  ASSERT_TRUE(packer);
  EXPECT_FALSE(packer->pack(Samples(959)));
  auto unpacker = OpusUnpacker::create({16000, 1});
  for (const int frame_us : {0, -20'000, 3'000, 200'000}) {
    EXPECT_FALSE(unpacker->conceal(microseconds(frame_us))) << frame_us;
  }
}

}  // namespace
}  // namespace parley::audio
