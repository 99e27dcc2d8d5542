// SPDX-License-Identifier: Apache-2.0
#include "speech/voice_network.hpp"

#include "audio/speech_reader.hpp"
#include "runtime/testing/shared_data.hpp"
#include "speech/testing/voices.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

using namespace testing;
using runtime::ErrorCode;

class VoiceNetworkTest : public ::testing::Test {
 protected:
  void SetUp() override { std::ofstream(damaged_, std::ios::binary) << "no model"; }
  void TearDown() override { std::filesystem::remove(damaged_); }

  runtime::Result<std::shared_ptr<const Silero>> make(const std::string& engine,
                                                      const std::optional<std::filesystem::path>& file) {
    VadConfig config;
    config.engine = engine;
    return make_voice_network(config, file, *log_);
  }

  const std::shared_ptr<runtime::Log> log_ = runtime::Log::none();
  const std::filesystem::path damaged_ =
      std::filesystem::path(::testing::TempDir()) / "parley_voice_network_test";
};

TEST_F(VoiceNetworkTest, IsTheEmbeddedDetectorWithoutAModel) {
  for (const char* engine : {"auto", "embedded"}) {
    const auto network = make(engine, std::nullopt);
    ASSERT_TRUE(network);
    EXPECT_EQ(*network, nullptr);
  }
  const auto wanted = make("silero", std::nullopt);
  ASSERT_FALSE(wanted);
  EXPECT_EQ(wanted.error().code, ErrorCode::kModelRequired);
  EXPECT_NE(wanted.error().message.find("parley models pull silero-vad"), std::string::npos);
}

TEST_F(VoiceNetworkTest, GoesOnWithoutAModelThatIsDamagedUnlessItIsAskedFor) {
  const auto chosen = make("auto", damaged_);
  ASSERT_TRUE(chosen);
  EXPECT_EQ(*chosen, nullptr);
  EXPECT_EQ(make("silero", damaged_).error().code, ErrorCode::kUnsupportedMedia);
  EXPECT_EQ(try_voice_network(damaged_, voice(1, -20)).error().code, ErrorCode::kUnsupportedMedia);
}

TEST_F(VoiceNetworkTest, UsesAModelThatIsThere) {
  const auto file = parley::testing::shared_data("models/silero-vad/silero_vad.onnx");
  const auto recording = parley::testing::shared_data("speech-recognition/whisper-cpp/jfk.wav");
  if (!file || !recording) GTEST_SKIP() << "no shared test data beside the checkout";
  for (const char* engine : {"auto", "silero"}) {
    const auto network = make(engine, file);
    ASSERT_TRUE(network);
    EXPECT_NE(*network, nullptr);
  }
  EXPECT_EQ(*make("embedded", file), nullptr);
  auto reader = audio::SpeechReader::open(*recording);
  ASSERT_TRUE(reader);
  const auto speech = audio::read_speech(std::move(*reader), std::chrono::minutes(1));
  ASSERT_TRUE(speech);
  EXPECT_TRUE(try_voice_network(*file, speech->samples));
  EXPECT_EQ(try_voice_network(*file, white_noise(2, -30)).error().code, ErrorCode::kUnsupportedMedia);
}

}  // namespace
}  // namespace parley::speech
