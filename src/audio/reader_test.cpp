// SPDX-License-Identifier: Apache-2.0
#include "audio/reader.hpp"

#include "audio/level.hpp"
#include "audio/speech_reader.hpp"
#include "audio/testing/signals.hpp"
#include "audio/wav.hpp"
#include "runtime/testing/shared_data.hpp"

#include <fstream>
#include <iterator>
#include <string_view>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

using runtime::ErrorCode;
using testing::chunk;
using testing::format_chunk;
using testing::riff;

constexpr std::chrono::milliseconds kMinute{60'000};

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

runtime::Result<Pcm> speech_of(std::string bytes) {
  auto reader = open_audio(from_memory(std::move(bytes)));
  if (!reader) return reader.error();
  auto speech = SpeechReader::over(std::move(*reader));
  if (!speech) return speech.error();
  return read_speech(std::move(*speech), kMinute);
}

TEST(OpenAudio, DecodesContainersFromFileAndFromMemory) {
  const auto folder = parley::testing::shared_data("speech-recognition/containers");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  for (const auto* name :
       {"sample_10s_audio-aac.aac", "sample_10s_audio-flac.flac", "sample_10s_audio-m4a.m4a",
        "sample_10s_audio-mp3.mp3", "sample_10s_audio-ogg.ogg", "sample_10s_video-mp4.mp4"}) {
    auto opened = SpeechReader::open(*folder / name);
    ASSERT_TRUE(opened) << name << ": " << to_string(opened.error());
    const auto total = opened->total();
    const auto from_file = read_speech(std::move(*opened), kMinute);
    ASSERT_TRUE(from_file) << name << ": " << to_string(from_file.error());
    EXPECT_NEAR(static_cast<double>(from_file->frames()) / 16000, 10.0, 0.25) << name;
    EXPECT_GT(rms_dbfs(from_file->samples), -40) << name;
    // Bare AAC has no header that could tell.
    EXPECT_EQ(total.has_value(), std::string_view(name) != "sample_10s_audio-aac.aac") << name;
    if (total) {
      EXPECT_NEAR(static_cast<double>(total->count()), 10'000, 250) << name;
    }

    const auto from_memory = speech_of(bytes_of(*folder / name));
    ASSERT_TRUE(from_memory) << name;
    EXPECT_EQ(from_memory->samples, from_file->samples) << name;
  }
}

TEST(OpenAudio, KeepsDigitalSilence) {
  const auto file = parley::testing::shared_data("speech-recognition/containers/silent_1s.wav");
  if (!file) GTEST_SKIP() << "no shared test data beside the checkout";
  const auto pcm = speech_of(bytes_of(*file));
  ASSERT_TRUE(pcm) << to_string(pcm.error());
  EXPECT_NEAR(static_cast<double>(pcm->frames()), 16000, 200);
  EXPECT_LT(rms_dbfs(pcm->samples), -90);
}

TEST(OpenAudio, GivesWhatIsLeftOfACutFile) {
  const auto folder = parley::testing::shared_data("speech-recognition/containers");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  for (const auto* name :
       {"sample_10s_audio-mp3.mp3", "sample_10s_audio-flac.flac", "sample_10s_audio-ogg.ogg"}) {
    std::string bytes = bytes_of(*folder / name);
    bytes.resize(bytes.size() / 2);
    const auto pcm = speech_of(std::move(bytes));
    ASSERT_TRUE(pcm) << name << ": " << to_string(pcm.error());
    EXPECT_GT(pcm->frames(), 16000u * 2) << name;
    EXPECT_LT(pcm->frames(), 16000u * 9) << name;
  }
}

TEST(OpenAudio, DamageInsideAFileNeverEscapes) {
  const auto folder = parley::testing::shared_data("speech-recognition/containers");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  for (const auto* name :
       {"sample_10s_audio-mp3.mp3", "sample_10s_audio-m4a.m4a", "sample_10s_audio-ogg.ogg"}) {
    std::string bytes = bytes_of(*folder / name);
    std::uint32_t state = 1;
    for (std::size_t i = 0; i < bytes.size(); i += 997) {
      state = state * 1664525 + 1013904223;
      bytes[i] = static_cast<char>(state >> 24);
    }
    const auto pcm = speech_of(std::move(bytes));
    if (pcm) {
      EXPECT_LE(pcm->frames(), 16000u * 60) << name;
    }
    if (!pcm) {
      EXPECT_FALSE(pcm.error().message.empty()) << name;
    }
  }
}

TEST(OpenAudio, SurvivesRecordingsMadeToBreakDecoders) {
  const auto folder = parley::testing::shared_data("speech-recognition/malformed-audio");
  if (!folder) GTEST_SKIP() << "no shared test data beside the checkout";
  for (const auto* name : {"awful.wav", "bad.wav", "evil.wav", "null.wav"}) {
    const auto pcm = speech_of(bytes_of(*folder / name));
    RecordProperty(name, pcm ? std::to_string(pcm->frames()) : to_string(pcm.error()));
    if (pcm) {
      EXPECT_GT(pcm->frames(), 0u) << name;
    } else {
      const bool clear =
          pcm.error().code == ErrorCode::kBadRequest || pcm.error().code == ErrorCode::kUnsupportedMedia;
      EXPECT_TRUE(clear) << name << ": " << to_string(pcm.error());
    }
  }
}

TEST(OpenAudio, RefusesWhatIsNoAudio) {
  const std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xDE", 33);
  const std::string jpeg("\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xFF\xD9", 22);
  const struct {
    const char* name;
    std::string bytes;
    ErrorCode code;
  } rows[] = {
      {"empty", "", ErrorCode::kBadRequest},
      {"one byte", "x", ErrorCode::kUnsupportedMedia},
      {"a picture", png, ErrorCode::kUnsupportedMedia},
      {"a photograph", jpeg, ErrorCode::kUnsupportedMedia},
      {"a text", std::string(5000, 'a'), ErrorCode::kUnsupportedMedia},
      {"a page", "<html><body>Hello</body></html>", ErrorCode::kUnsupportedMedia},
      {"a playlist", "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:9,\nfile:///etc/passwd\n",
       ErrorCode::kUnsupportedMedia},
      {"a list of files", "ffconcat version 1.0\nfile /etc/passwd\n", ErrorCode::kUnsupportedMedia},
      {"an unknown WAV encoding", riff(format_chunk({0x4242, 1, 16000, 16}) + chunk("data", "abcd")),
       ErrorCode::kUnsupportedMedia},
  };
  for (const auto& row : rows) {
    const auto pcm = speech_of(row.bytes);
    ASSERT_FALSE(pcm) << row.name;
    EXPECT_EQ(pcm.error().code, row.code) << row.name << ": " << to_string(pcm.error());
  }
}

TEST(OpenAudio, TellsWhatIsWrongWithThePath) {
  EXPECT_EQ(open_audio(std::filesystem::path("/no/such/file.wav")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(open_audio(std::filesystem::temp_directory_path()).error().code, ErrorCode::kBadRequest);
}

TEST(SpeechReader, MixesAndResamplesWhateverComesIn) {
  for (const PcmFormat format :
       {PcmFormat{8000, 2}, {16000, 1}, {16000, 2}, {22050, 1}, {44100, 2}, {48000, 6}}) {
    const auto pcm = speech_of(*encode_wav(testing::sine(format, 440, 2.0)));
    ASSERT_TRUE(pcm) << format.rate;
    EXPECT_EQ(pcm->format, kSpeechFormat);
    EXPECT_NEAR(static_cast<double>(pcm->frames()), 32000, 2) << format.rate << " x " << format.channels;
    const std::span middle = std::span(pcm->samples).subspan(8000, 16000);
    EXPECT_NEAR(rms_dbfs(middle), -9.03, 0.1) << format.rate << " x " << format.channels;
  }
}

TEST(SpeechReader, KnowsHowFarItIs) {
  auto reader = open_audio(from_memory(*encode_wav(testing::sine({44100, 1}, 440, 3.0))));
  ASSERT_TRUE(reader);
  auto speech = SpeechReader::over(std::move(*reader));
  ASSERT_TRUE(speech);
  EXPECT_EQ(speech->total(), std::chrono::milliseconds(3000));
  EXPECT_EQ(speech->position(), std::chrono::milliseconds(0));
  std::chrono::milliseconds last{0};
  while (true) {
    const auto block = speech->read();
    ASSERT_TRUE(block);
    if (!block->has_value()) break;
    EXPECT_GE(speech->position(), last);
    last = speech->position();
  }
  EXPECT_EQ(last, std::chrono::milliseconds(3000));
}

TEST(SpeechReader, RefusesMoreThanTheLimit) {
  auto reader = open_audio(from_memory(*encode_wav(testing::sine({16000, 1}, 440, 3.0))));
  ASSERT_TRUE(reader);
  const auto pcm = read_speech(*SpeechReader::over(std::move(*reader)), std::chrono::milliseconds(2000));
  ASSERT_FALSE(pcm);
  EXPECT_EQ(pcm.error().code, ErrorCode::kPayloadTooLarge);
}

}  // namespace
}  // namespace parley::audio
