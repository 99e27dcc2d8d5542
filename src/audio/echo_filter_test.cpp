// SPDX-License-Identifier: Apache-2.0
#include "audio/echo_filter.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace parley::audio {
namespace {

constexpr std::size_t kFrame = EchoFilter::kFrame;

// Noise that is played, and what a microphone hears of it: a third as loud, 100 ms later.
class Room {
 public:
  // Gives what was heard and what is left of it, as powers of the voices' band.
  EchoFilter::Powers play(EchoFilter& filter, std::size_t frames) {
    EchoFilter::Powers sum;
    for (std::size_t n = 0; n < frames; ++n) {
      EchoFilter::Frame played{};
      EchoFilter::Frame heard{};
      for (std::size_t i = 0; i < kFrame; ++i) {
        played[i] = normal_(random_);
        played_.push_back(played[i]);
        heard[i] = 0.01F * normal_(random_);
        if (played_.size() > kDelay) heard[i] += played_[played_.size() - 1 - kDelay] / 3;
      }
      const EchoFilter::Powers powers = filter.process(played, heard).voice;
      sum.heard += powers.heard;
      sum.left += powers.left;
    }
    return sum;
  }

 private:
  static constexpr std::size_t kDelay = 1600;

  std::mt19937 random_{7};
  std::normal_distribution<float> normal_{0, 0.1F};
  std::vector<float> played_;
};

TEST(EchoFilter, IsNarrowedWhereAnEchoWasFoundAndNotBefore) {
  EchoFilter first;
  EXPECT_FALSE(first.narrowed());
  Room().play(first, 30);
  const std::optional<EchoFilter> second = first.narrowed();
  ASSERT_TRUE(second);
  EXPECT_FALSE(second->narrowed()) << "it has heard nothing";
}

TEST(EchoFilter, LearnsFasterWhenItKnowsWhereTheEchoIs) {
  EchoFilter first;
  const auto before = Room().play(first, 30);
  auto second = first.narrowed();
  ASSERT_TRUE(second);
  const auto after = Room().play(*second, 30);
  EXPECT_FLOAT_EQ(after.heard, before.heard) << "the same sound";
  EXPECT_LT(after.left, 0.8F * before.left);
}

// Somebody else's voice comes from no part of the room.
TEST(EchoFilter, FindsNoEchoInAnotherSound) {
  std::mt19937 random(8);
  std::normal_distribution<float> normal(0, 0.1F);
  EchoFilter filter;
  for (int n = 0; n < 60; ++n) {
    EchoFilter::Frame played{};
    EchoFilter::Frame heard{};
    for (std::size_t i = 0; i < kFrame; ++i) {
      played[i] = normal(random);
      heard[i] = normal(random);
    }
    filter.process(played, heard);
  }
  EXPECT_FALSE(filter.narrowed());
}

}  // namespace
}  // namespace parley::audio
