// SPDX-License-Identifier: Apache-2.0
#include "conversation/loudspeaker.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using Frame = std::array<std::int16_t, Loudspeaker::kFrame>;

void hear_silence(Loudspeaker& speaker, int frames, bool paused = false) {
  for (int i = 0; i < frames; ++i) {
    Frame silence{};
    speaker.hear(silence, paused);
  }
}

audio::Pcm second(int rate = 16000) {
  return {{rate, 1}, std::vector<std::int16_t>(static_cast<std::size_t>(rate), 1000)};
}

TEST(Loudspeaker, IsOverAMomentAfterItHasPlayed) {
  Loudspeaker speaker;
  speaker.play(second());
  hear_silence(speaker, 100 + 59);
  EXPECT_FALSE(speaker.over());
  hear_silence(speaker, 1);
  EXPECT_TRUE(speaker.over());
}

TEST(Loudspeaker, PlaysNothingWhileItIsPaused) {
  Loudspeaker speaker;
  speaker.play(second());
  hear_silence(speaker, 50);
  hear_silence(speaker, 500, true);
  EXPECT_FALSE(speaker.over());
  hear_silence(speaker, 50 + 60);
  EXPECT_TRUE(speaker.over());
}

TEST(Loudspeaker, PlaysOtherRatesForAsLong) {
  for (const int rate : {8000, 24000, 48000}) {
    Loudspeaker speaker;
    speaker.play(second(rate));
    hear_silence(speaker, 90 + 59);
    EXPECT_FALSE(speaker.over()) << rate;
    hear_silence(speaker, 11);
    EXPECT_TRUE(speaker.over()) << rate;
  }
}

TEST(Loudspeaker, PlaysNoMoreThanItIsLimitedTo) {
  for (const auto dropped : {Loudspeaker::Dropped::kOldest, Loudspeaker::Dropped::kNewest}) {
    Loudspeaker speaker;
    speaker.play(second());
    speaker.limit(1600, dropped);
    hear_silence(speaker, 10 + 60);
    EXPECT_TRUE(speaker.over());
  }
}

TEST(Loudspeaker, PlaysAnAnswerAfterAnother) {
  Loudspeaker speaker;
  speaker.begin();
  speaker.play(second());
  hear_silence(speaker, 500);
  EXPECT_TRUE(speaker.over());
  speaker.begin();
  EXPECT_FALSE(speaker.over());
  speaker.play(second());
  speaker.begin();
  speaker.play(second());
  hear_silence(speaker, 100 + 60);
  EXPECT_TRUE(speaker.over()) << "nothing of the answer before is left";
}

}  // namespace
}  // namespace parley::conversation
