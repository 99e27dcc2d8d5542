// SPDX-License-Identifier: Apache-2.0
#include "audio/wav.hpp"

#include "audio/g711.hpp"
#include "audio/testing/signals.hpp"
#include "runtime/testing/shared_data.hpp"

#include <bit>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

using runtime::ErrorCode;
using testing::chunk;
using testing::format_chunk;
using testing::little_endian;
using testing::riff;

struct Decoded {
  PcmFormat format;
  std::vector<std::int16_t> samples;
  bool truncated = false;
};

runtime::Result<Decoded> decode(std::string bytes) {
  auto reader = WavReader::open(from_memory(std::move(bytes)));
  if (!reader) return reader.error();
  Decoded decoded{(*reader)->format(), {}};
  while (true) {
    auto block = (*reader)->read();
    if (!block) return block.error();
    if (!block->has_value()) break;
    decoded.samples.insert(decoded.samples.end(), (*block)->samples.begin(), (*block)->samples.end());
  }
  decoded.truncated = (*reader)->truncated();
  return decoded;
}

std::string extensible(std::uint32_t tag, std::uint32_t bits) {
  return chunk("fmt ", little_endian(0xFFFE, 2) + little_endian(1, 2) + little_endian(48000, 4) +
                           little_endian(48000 * bits / 8, 4) + little_endian(bits / 8, 2) +
                           little_endian(bits, 2) + little_endian(22, 2) + little_endian(bits, 2) +
                           little_endian(4, 4) + little_endian(tag, 2) +
                           std::string("\0\0\0\0\x10\0\x80\0\0\xAA\0\x38\x9B\x71", 14));
}

TEST(WavReader, DecodesEveryEncodingItKnows) {
  const struct {
    const char* name;
    std::string format;
    std::string data;
    std::vector<std::int16_t> expected;
  } rows[] = {
      {"8 bit", format_chunk({1, 1, 16000, 8}), std::string("\x80\xFF\x00", 3), {0, 32512, -32768}},
      {"16 bit",
       format_chunk({1, 1, 16000, 16}),
       std::string("\x00\x00\xFF\x7F\x00\x80", 6),
       {0, 32767, -32768}},
      {"24 bit",
       format_chunk({1, 1, 16000, 24}),
       std::string("\xFF\xFF\x7F\x00\x00\x80", 6),
       {32767, -32768}},
      {"32 bit", format_chunk({1, 1, 16000, 32}), std::string("\xFF\xFF\xFF\x7F", 4), {32767}},
      {"float",
       format_chunk({3, 1, 16000, 32}),
       little_endian(std::bit_cast<std::uint32_t>(0.5F), 4) +
           little_endian(std::bit_cast<std::uint32_t>(-7.0F), 4) +
           little_endian(0x7FC00000, 4) /* not a number */,
       {16384, -32768, 0}},
      {"double",
       format_chunk({3, 1, 16000, 64}),
       little_endian(std::bit_cast<std::uint64_t>(-0.5), 8),
       {-16384}},
      {"A-law", format_chunk({6, 1, 8000, 8}), std::string("\xD5\x55\xAA\x2A", 4), {8, -8, 32256, -32256}},
      {"mu-law", format_chunk({7, 1, 8000, 8}), std::string("\xFF\x7F\x80\x00", 4), {0, 0, 32124, -32124}},
      {"extensible 16 bit", extensible(1, 16), std::string("\x01\x02", 2), {0x0201}},
      {"extensible float", extensible(3, 32), little_endian(std::bit_cast<std::uint32_t>(1.0F), 4), {32767}},
  };
  for (const auto& row : rows) {
    const auto decoded = decode(riff(row.format + chunk("data", row.data)));
    ASSERT_TRUE(decoded) << row.name << ": " << to_string(decoded.error());
    EXPECT_EQ(decoded->samples, row.expected) << row.name;
    EXPECT_FALSE(decoded->truncated) << row.name;
  }
}

TEST(WavReader, DecodesTelephoneStereo) {
  const Pcm tone = testing::sine({8000, 2}, 440, 1.0);
  std::string data;
  for (const auto sample : tone.samples) data += static_cast<char>(to_mu_law(sample));
  const auto decoded = decode(riff(format_chunk({7, 2, 8000, 8}) + chunk("data", data)));
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->format, (PcmFormat{8000, 2}));
  ASSERT_EQ(decoded->samples.size(), tone.samples.size());
  for (std::size_t i = 0; i < tone.samples.size(); ++i) {
    // A step of mu-law is at most a sixteenth of the magnitude.
    EXPECT_NEAR(decoded->samples[i], tone.samples[i], 8 + std::abs(tone.samples[i]) / 16.0) << i;
  }
}

TEST(WavReader, SkipsOtherChunksAndTheirPadding) {
  const auto decoded =
      decode(riff(chunk("LIST", "odd") + format_chunk({}) + chunk("fact", "1234") +
                  chunk("bext", std::string(601, 'x')) + chunk("data", "\x01\x02") + chunk("LIST", "tail")));
  ASSERT_TRUE(decoded) << to_string(decoded.error());
  EXPECT_EQ(decoded->samples, std::vector<std::int16_t>{0x0201});
}

TEST(WavReader, ReadsToTheEndWhenTheSizeIsNotKnown) {
  const std::string samples("\x01\x00\x02\x00\x03\x00\x04", 7);  // ends inside a sample
  const std::vector<std::int16_t> whole{1, 2, 3};
  const auto with_sizes = [&](std::string_view id, std::uint32_t riff_size, std::uint32_t data_size) {
    return std::string(id) + little_endian(riff_size, 4) + "WAVE" + format_chunk({}) + "data" +
           little_endian(data_size, 4) + samples;
  };
  for (const auto& file : {with_sizes("RIFF", 0, 0), with_sizes("RIFF", 0xFFFFFFFF, 0xFFFFFFFF),
                           with_sizes("RIFF", 0x7FFFFFFF, 0), with_sizes("RF64", 0xFFFFFFFF, 0xFFFFFFFF)}) {
    const auto decoded = decode(file);
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    EXPECT_EQ(decoded->samples, whole);
    EXPECT_FALSE(decoded->truncated);
  }
}

TEST(WavReader, TakesTheSizeOfALongFileFromItsOwnChunk) {
  const std::string sizes =
      little_endian(100, 8) + little_endian(4, 8) + little_endian(2, 8) + little_endian(0, 4);
  const auto decoded = decode("RF64" + little_endian(0xFFFFFFFF, 4) + "WAVE" + chunk("ds64", sizes) +
                              format_chunk({}) + "data" + little_endian(0xFFFFFFFF, 4) +
                              std::string("\x01\x00\x02\x00", 4) + chunk("LIST", "no samples"));
  ASSERT_TRUE(decoded) << to_string(decoded.error());
  EXPECT_EQ(decoded->samples, (std::vector<std::int16_t>{1, 2}));
}

TEST(WavReader, SaysThatSamplesAreMissing) {
  auto file = riff(format_chunk({}) + chunk("data", std::string(1000, 'a')));
  file.resize(file.size() - 501);
  const auto decoded = decode(file);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->samples.size(), 249u);
  EXPECT_TRUE(decoded->truncated);
}

TEST(WavReader, RefusesWhatCannotBe) {
  const std::string data = chunk("data", "abcd");
  const std::string format = format_chunk({});
  const struct {
    const char* name;
    std::string file;
    ErrorCode code;
  } rows[] = {
      {"nothing", "", ErrorCode::kUnsupportedMedia},
      {"half a header", "RIFF\x10", ErrorCode::kUnsupportedMedia},
      {"another RIFF", "RIFF" + little_endian(4, 4) + "AVI ", ErrorCode::kUnsupportedMedia},
      {"no chunks", riff(""), ErrorCode::kBadRequest},
      {"no format", riff(data), ErrorCode::kBadRequest},
      {"no samples", riff(format), ErrorCode::kBadRequest},
      {"zero samples", riff(format + chunk("data", "")), ErrorCode::kBadRequest},
      {"zero samples before a tag", riff(format + chunk("data", "") + chunk("LIST", "abcdef")),
       ErrorCode::kBadRequest},
      {"less than a frame", riff(format + chunk("data", "a")), ErrorCode::kBadRequest},
      {"short format", riff(chunk("fmt ", "abc") + data), ErrorCode::kBadRequest},
      {"short extensible", riff(format_chunk({0xFFFE, 1, 16000, 16}) + data), ErrorCode::kBadRequest},
      {"rate too high", riff(format_chunk({1, 1, 1'092'676, 16}) + data), ErrorCode::kUnsupportedMedia},
      {"rate zero", riff(format_chunk({1, 1, 0, 16}) + data), ErrorCode::kUnsupportedMedia},
      {"no channels", riff(format_chunk({1, 0, 16000, 16}) + data), ErrorCode::kUnsupportedMedia},
      {"40 channels", riff(format_chunk({1, 40, 16000, 16}) + data), ErrorCode::kUnsupportedMedia},
      {"12 bits", riff(format_chunk({1, 1, 16000, 12}) + data), ErrorCode::kUnsupportedMedia},
      {"ADPCM", riff(format_chunk({2, 1, 16000, 8}) + data), ErrorCode::kUnsupportedMedia},
      {"frame size",
       riff(chunk("fmt ", little_endian(1, 2) + little_endian(1, 2) + little_endian(16000, 4) +
                              little_endian(32000, 4) + little_endian(4, 2) + little_endian(16, 2)) +
            data),
       ErrorCode::kBadRequest},
      {"chunk past the end", riff(chunk("LIST", "x").replace(4, 4, "\xFF\xFF\xFF\x7F")),
       ErrorCode::kBadRequest},
  };
  for (const auto& row : rows) {
    const auto decoded = decode(row.file);
    ASSERT_FALSE(decoded) << row.name;
    EXPECT_EQ(decoded.error().code, row.code) << row.name << ": " << to_string(decoded.error());
  }
}

TEST(WavReader, GivesUpOnEndlessChunks) {
  std::string chunks;
  for (int i = 0; i < 100'000; ++i) chunks += chunk("junk", "");
  const auto decoded = decode(riff(chunks + format_chunk({}) + chunk("data", "ab")));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().code, ErrorCode::kBadRequest);
}

TEST(WavReader, SurvivesRecordingsMadeToBreakDecoders) {
  const auto folder = parley::testing::shared_data("speech-recognition/malformed-audio");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  for (const auto* name : {"awful.wav", "bad.wav", "evil.wav", "null.wav"}) {
    auto source = open_file(*folder / name);
    ASSERT_TRUE(source);
    auto reader = WavReader::open(std::move(*source));
    if (!reader) {
      EXPECT_FALSE(reader.error().message.empty());
      continue;
    }
    const auto block = (*reader)->read();
    ASSERT_TRUE(block) << name;
    EXPECT_TRUE(block->has_value()) << name;
  }
}

class WavFile : public ::testing::Test {
 protected:
  std::filesystem::path path_ =
      std::filesystem::temp_directory_path() /
      (std::string("parley_wav_") + ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".wav");
  void TearDown() override { std::filesystem::remove(path_); }
};

TEST_F(WavFile, ComesBackAsItWasWritten) {
  const Pcm tone = testing::sine({44100, 2}, 300, 0.7);
  auto writer = WavWriter::create(path_, tone.format);
  ASSERT_TRUE(writer);
  const std::span samples(tone.samples);
  ASSERT_TRUE(writer->write(samples.first(1000)));
  ASSERT_TRUE(writer->write(samples.subspan(1000)));
  ASSERT_TRUE(writer->finish());
  std::ifstream file(path_, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(bytes, *encode_wav(tone));
  const auto decoded = decode(bytes);
  ASSERT_TRUE(decoded);
  EXPECT_EQ(decoded->format, tone.format);
  EXPECT_EQ(decoded->samples, tone.samples);
}

TEST_F(WavFile, OpensEvenWhenItsWriterDied) {
  const Pcm tone = testing::sine({16000, 1}, 300, 0.1);
  {
    auto writer = WavWriter::create(path_, tone.format);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->write(tone.samples));
  }
  auto reader = WavReader::open(*open_file(path_));
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->total_frames(), 1600);
}

TEST_F(WavFile, ReadsPastFourGigabytesWithoutHoldingThem) {
  const std::uint64_t data_bytes = std::uint64_t{5} << 30;
  const std::string sizes =
      little_endian(0, 8) + little_endian(data_bytes, 8) + little_endian(0, 8) + little_endian(0, 4);
  const std::string head = "RF64" + little_endian(0xFFFFFFFF, 4) + "WAVE" + chunk("ds64", sizes) +
                           format_chunk({1, 1, 48000, 16}) + "data" + little_endian(0xFFFFFFFF, 4);
  std::ofstream(path_, std::ios::binary) << head;
  std::filesystem::resize_file(path_, head.size() + data_bytes);  // sparse: takes no room on the disk
  auto reader = WavReader::open(*open_file(path_));
  ASSERT_TRUE(reader) << to_string(reader.error());
  EXPECT_EQ((*reader)->total_frames(), static_cast<std::int64_t>(data_bytes / 2));
  EXPECT_FALSE((*reader)->truncated());
  const auto block = (*reader)->read();
  ASSERT_TRUE(block);
  EXPECT_LE((*block)->samples.size(), 10'000u);
}

TEST(WavWriter, SaysWhenTheFileCannotBeMade) {
  const auto writer = WavWriter::create("/nowhere/at/all.wav", kSpeechFormat);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, ErrorCode::kBadRequest);
}

}  // namespace
}  // namespace parley::audio
