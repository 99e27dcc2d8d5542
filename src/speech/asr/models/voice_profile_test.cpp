// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/voice_profile.hpp"

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech {
namespace {

constexpr std::size_t kPhones = 2;
const std::string kModel(64, 'a');

VoiceProfile profile_of(double frames, std::size_t warp, float sound) {
  VoiceProfile profile(kPhones);
  profile.warp = warp;
  profile.fit.frames = frames / 4;
  profile.fit.log_posterior.fill(-2 * profile.fit.frames);
  profile.channel.emplace().fill(sound);
  std::vector<VoiceStatistics::Heard> heard(profile.heard.gaussians().size());
  heard[5].count = static_cast<float>(frames);
  heard[5].sum.fill(sound * static_cast<float>(frames));
  profile.heard = VoiceStatistics(std::move(heard), frames);
  return profile;
}

float sound_of(const VoiceProfile& profile) {
  const auto& heard = profile.heard.gaussians()[5];
  return heard.sum[3] / heard.count;
}

TEST(VoiceProfile, IsReadAsItWasWritten) {
  const VoiceProfile profile = profile_of(400, 6, 2.5F);
  const std::string bytes = write_profile(profile, kModel);
  const auto read = read_profile(bytes, kPhones, kModel);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->warp, 6U);
  EXPECT_EQ(read->fit.frames, 100);
  EXPECT_EQ(read->fit.log_posterior, profile.fit.log_posterior);
  EXPECT_EQ(read->channel, profile.channel);
  EXPECT_EQ(read->seconds(), 4);
  EXPECT_EQ(sound_of(*read), 2.5F);
  EXPECT_EQ(write_profile(*read, kModel), bytes);
}

TEST(VoiceProfile, OfAnotherModelIsAConflict) {
  const std::string bytes = write_profile(profile_of(400, 6, 2), kModel);
  const auto other = read_profile(bytes, kPhones, std::string(64, 'b'));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, runtime::ErrorCode::kConflict);
}

TEST(VoiceProfile, CutShortAnywhereIsRefused) {
  const std::string bytes = write_profile(profile_of(400, 6, 2), kModel);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_profile(std::string_view(bytes).substr(0, size), kPhones, kModel);
    // Without its one Gaussian it is a whole profile of nothing.
    constexpr std::size_t kGaussian = 4 + 4 + 4 * kCepstra;
    if (size == bytes.size() - kGaussian) continue;
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code, runtime::ErrorCode::kBadRequest) << size;
  }
}

TEST(VoiceProfile, NumbersThatCannotBeAreRefused) {
  const std::string bytes = write_profile(profile_of(400, 6, 2), kModel);
  constexpr std::size_t kWarp = 13 + 4 + 64;
  constexpr std::size_t kFit = kWarp + 4;
  constexpr std::size_t kFrames = kFit + 8 * kVoiceWarps.size();
  constexpr std::size_t kChannel = kFrames + 8 + 4;
  constexpr std::size_t kHeard = kChannel + 4 * kCepstra;
  constexpr std::size_t kIndex = kHeard + 8;
  const auto with = [&](std::size_t at, auto value) {
    std::string changed = bytes;
    std::memcpy(changed.data() + at, &value, sizeof value);
    return read_profile(changed, kPhones, kModel);
  };
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(with(kWarp, std::uint32_t{8}));
  EXPECT_FALSE(with(kWarp, std::uint32_t{9}));
  EXPECT_FALSE(with(kFit, kNaN));
  EXPECT_FALSE(with(kFrames, -1.0));
  EXPECT_FALSE(with(kFrames, 1e9));
  EXPECT_FALSE(with(kChannel, kInfinity));
  EXPECT_FALSE(with(kHeard, kNaN));
  EXPECT_FALSE(with(kIndex, std::uint32_t{100'000}));
  EXPECT_FALSE(with(kIndex + 4, -3.F));
  EXPECT_FALSE(with(kIndex + 4, kInfinity));
  EXPECT_FALSE(with(kIndex + 8, kInfinity));
  EXPECT_FALSE(with(kIndex + 8, 1e7F));
  // The same Gaussian twice.
  EXPECT_FALSE(read_profile(bytes + bytes.substr(kIndex), kPhones, kModel));
  EXPECT_FALSE(read_profile(std::string(kMostProfileBytes + 1, 'x'), kPhones, kModel));
}

TEST(VoiceProfile, WhatIsLearntLaterIsAdded) {
  VoiceProfile profile = profile_of(300, 6, 2);
  profile.add(profile_of(100, 6, 6));
  EXPECT_EQ(profile.seconds(), 4);
  EXPECT_FLOAT_EQ(sound_of(profile), 3);
  EXPECT_EQ(profile.channel->front(), 6);
}

TEST(VoiceProfile, AtAnotherWarpWhatWasLearntFromMoreStays) {
  VoiceProfile profile = profile_of(300, 6, 2);
  profile.add(profile_of(100, 3, 6));
  EXPECT_EQ(profile.warp, 6U);
  EXPECT_EQ(sound_of(profile), 2);
  EXPECT_EQ(profile.fit.frames, 100);
  profile.add(profile_of(301, 3, 6));
  EXPECT_EQ(profile.warp, 3U);
  EXPECT_EQ(sound_of(profile), 6);
  EXPECT_EQ(profile.fit.frames, 100 + 301. / 4);
}

TEST(VoiceProfile, BeginsWithWhatIsAddedToNothing) {
  VoiceProfile profile(kPhones);
  profile.add(profile_of(300, 6, 2));
  EXPECT_EQ(write_profile(profile, kModel), write_profile(profile_of(300, 6, 2), kModel));
}

TEST(VoiceProfile, OldSpeechFadesInTheEnd) {
  VoiceProfile profile = profile_of(60'000, 6, 2);
  for (int times = 0; times < 20; ++times) profile.add(profile_of(6000, 6, 6));
  EXPECT_LE(profile.seconds(), 600.001);
  EXPECT_GT(sound_of(profile), 5);
  EXPECT_TRUE(read_profile(write_profile(profile, kModel), kPhones, kModel));
}

}  // namespace
}  // namespace parley::speech
