// SPDX-License-Identifier: Apache-2.0
#include "realtime/session_json.hpp"

#include "runtime/json.hpp"

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

boost::json::object parsed(std::string_view text) { return runtime::parse_json(text)->as_object(); }

struct BadSettings {
  const char* body;
  const char* param;
};

class RefusedSettings : public ::testing::TestWithParam<BadSettings> {};

TEST_P(RefusedSettings, ChangeNothingAndNameTheField) {
  conversation::SessionSettings settings;
  const auto read = read_settings(parsed(GetParam().body), settings);
  ASSERT_FALSE(read) << GetParam().body;
  EXPECT_EQ(read.error().code, runtime::ErrorCode::kBadRequest);
  EXPECT_EQ(read.error().param, GetParam().param);
  EXPECT_EQ(settings, conversation::SessionSettings());
}

INSTANTIATE_TEST_SUITE_P(
    Session, RefusedSettings,
    ::testing::Values(
        BadSettings{R"({"audioConfig":7})", "/audioConfig"},
        BadSettings{R"({"audioConfig":{"codec":"mp3"}})", "/audioConfig/codec"},
        BadSettings{R"({"audioConfig":{"codec":1}})", "/audioConfig/codec"},
        BadSettings{R"({"audioConfig":{"sampleRate":4000}})", "/audioConfig/sampleRate"},
        BadSettings{R"({"audioConfig":{"sampleRate":1e300}})", "/audioConfig/sampleRate"},
        BadSettings{R"({"audioConfig":{"codec":"pcmu"}})", "/audioConfig/sampleRate"},
        BadSettings{R"({"audioConfig":{"codec":"opus","sampleRate":44100}})", "/audioConfig/sampleRate"},
        BadSettings{R"({"audioConfig":{"channels":2}})", "/audioConfig/channels"},
        BadSettings{R"({"audioConfig":{"channels":0}})", "/audioConfig/channels"},
        BadSettings{R"({"audioConfig":{"bitDepth":24}})", "/audioConfig/bitDepth"},
        BadSettings{R"({"voiceConfig":[]})", "/voiceConfig"},
        BadSettings{R"({"voiceConfig":{"speed":9}})", "/voiceConfig/speed"},
        BadSettings{R"({"voiceConfig":{"pitch":0}})", "/voiceConfig/pitch"},
        BadSettings{R"({"voiceConfig":{"language":"english, please"}})", "/voiceConfig/language"},
        BadSettings{R"({"voiceConfig":{"pronunciations":"nginx"}})", "/voiceConfig/pronunciations"},
        BadSettings{R"({"voiceConfig":{"pronunciations":["nginx"]}})", "/voiceConfig/pronunciations"},
        BadSettings{R"({"voiceConfig":{"pronunciations":["nginx=<b>"]}})", "/voiceConfig/pronunciations"},
        BadSettings{R"({"greeting":7})", "/greeting"}, BadSettings{R"({"recording":true})", "/recording"},
        BadSettings{R"({"recording":{"consent":1}})", "/recording/consent"},
        BadSettings{R"({"recording":{"consent":"yes"}})", "/recording/consent"},
        BadSettings{R"({"audioConfig":{"sampleRate":8000},"voiceConfig":{"speed":"fast"}})",
                    "/voiceConfig/speed"}));

TEST(Session, SettingsThatAreNotNamedStay) {
  conversation::SessionSettings settings;
  ASSERT_TRUE(read_settings(parsed(R"({"audioConfig":{"sampleRate":48000,"channels":1}})"), settings));
  ASSERT_TRUE(
      read_settings(parsed(R"({"voiceConfig":{"voiceId":"rms","speed":1.5},"unknown":[]})"), settings));
  EXPECT_EQ(settings.audio.sample_rate, 48'000);
  EXPECT_EQ(settings.audio.codec, "pcm16");
  EXPECT_EQ(settings.voice.voice_id, "rms");
  EXPECT_DOUBLE_EQ(settings.voice.speed, 1.5);
  EXPECT_DOUBLE_EQ(settings.voice.pitch, 1.0);
}

TEST(Session, AUsersPronunciationsComeBeforeThoseOfTheServer) {
  conversation::SessionSettings settings;
  ASSERT_TRUE(read_settings(parsed(R"({"voiceConfig":{"pronunciations":["Nginx=engine x"]}})"), settings));
  EXPECT_EQ(describe_settings(settings, std::nullopt).at("voiceConfig").at("pronunciations").at(0),
            "Nginx=engine x");
  const auto options = options_of(settings, conversation::Config());
  ASSERT_NE(options.voice.pronunciations, nullptr);
  EXPECT_EQ(options.voice.pronunciations->rows(), std::vector<std::string>{"nginx=engine x"});
}

TEST(Session, IsDescribedWithItsOwnerAndItsTimes) {
  conversation::SessionRecord record;
  record.id = "sess_1";
  record.owner = "guest:g1";
  record.created = runtime::WallTime(std::chrono::milliseconds(1'700'000'000'250));
  record.expires = record.created + std::chrono::hours(1);
  const auto described = describe_record(record, conversation::RecordingState::kActive);
  EXPECT_EQ(described.at("userId"), "g1");
  EXPECT_EQ(described.at("isGuest"), true);
  EXPECT_EQ(described.at("status"), "pending");
  EXPECT_EQ(described.at("createdAt"), "2023-11-14T22:13:20.250Z");
  EXPECT_EQ(described.at("expiresAt"), "2023-11-14T23:13:20.250Z");
  EXPECT_EQ(described.at("audioConfig").at("sampleRate"), 16'000);
  EXPECT_TRUE(described.at("voiceConfig").at("voiceId").is_null());
  EXPECT_EQ(described.at("recording").at("consent"), true);
  EXPECT_EQ(described.at("recording").at("active"), true);
}

TEST(Session, SaysWhyItsRecordingEndedByItself) {
  using enum conversation::RecordingState;
  const boost::json::value none = {{"consent", true}, {"active", false}};
  EXPECT_EQ(describe_recording(true, std::nullopt), none);
  EXPECT_EQ(describe_recording(true, kFinished), none);
  const boost::json::value full = {{"consent", true}, {"active", false}, {"ended", "full"}};
  EXPECT_EQ(describe_recording(true, kFull), full);
  EXPECT_EQ(describe_recording(false, kFailed).at("ended"), "failed");
  EXPECT_EQ(describe_recording(false, kWithdrawn).if_contains("ended"), nullptr);
}

TEST(Session, IsRecordedOnlyByAnExplicitYes) {
  conversation::SessionSettings settings;
  ASSERT_TRUE(read_settings(parsed(R"({"recording":null})"), settings));
  EXPECT_FALSE(settings.recording_consent);
  ASSERT_TRUE(read_settings(parsed(R"({"recording":{"consent":true}})"), settings));
  EXPECT_TRUE(settings.recording_consent);
  ASSERT_TRUE(read_settings(parsed(R"({"greeting":"Hello."})"), settings));
  EXPECT_TRUE(settings.recording_consent) << "what is not named stays";
  ASSERT_TRUE(read_settings(parsed(R"({"recording":{"consent":false}})"), settings));
  EXPECT_FALSE(settings.recording_consent);
}

}  // namespace
}  // namespace parley::realtime
