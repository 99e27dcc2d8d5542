// SPDX-License-Identifier: Apache-2.0
#include "conversation/playback_ledger.hpp"

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;

const runtime::TimePoint kStart{};

// "one two" in the first second, "three" in the second, sent at once.
PlaybackLedger two_blocks() {
  PlaybackLedger ledger;
  ledger.sent(kStart, 1s, {{"one", 0ms, 400ms}, {"two", 500ms, 900ms}});
  ledger.sent(kStart + 10ms, 1s, {{"three", 1100ms, 1500ms}});
  return ledger;
}

TEST(PlaybackLedger, PlaysBlocksOneAfterAnother) {
  const PlaybackLedger ledger = two_blocks();
  EXPECT_EQ(ledger.total(), 2s);
  EXPECT_EQ(ledger.plays_until(), kStart + 2s);
  EXPECT_EQ(ledger.played(kStart + 300ms), 300ms);
  EXPECT_EQ(ledger.played(kStart + 1500ms), 1500ms);
  EXPECT_EQ(ledger.played(kStart + 10s), 2s);
}

TEST(PlaybackLedger, CountsNoTimeWhileNothingWasThereToPlay) {
  PlaybackLedger ledger;
  ledger.sent(kStart, 1s, {});
  ledger.sent(kStart + 3s, 1s, {});
  EXPECT_EQ(ledger.played(kStart + 2s), 1s);
  EXPECT_EQ(ledger.played(kStart + 3500ms), 1500ms);
  EXPECT_EQ(ledger.plays_until(), kStart + 4s);
}

TEST(PlaybackLedger, WaitsWhileItIsPaused) {
  PlaybackLedger ledger = two_blocks();
  ledger.pause(kStart + 1200ms);
  ledger.sent(kStart + 2s, 1s, {});
  EXPECT_EQ(ledger.played(kStart + 9s), 1200ms);
  EXPECT_GT(ledger.plays_until(), kStart + 1h);
  ledger.resume(kStart + 9200ms);
  EXPECT_EQ(ledger.played(kStart + 9200ms), 1200ms);
  EXPECT_EQ(ledger.played(kStart + 9700ms), 1700ms);
  EXPECT_EQ(ledger.plays_until(), kStart + 11s);
}

TEST(PlaybackLedger, StartsLaterWhenItIsPausedBefore) {
  PlaybackLedger ledger;
  ledger.pause(kStart);
  ledger.sent(kStart + 1s, 1s, {});
  ledger.resume(kStart + 3s);
  EXPECT_EQ(ledger.played(kStart + 3500ms), 500ms);
}

TEST(PlaybackLedger, CountsNothingAsHeardBehindALoss) {
  PlaybackLedger ledger = two_blocks();
  ledger.lose(kStart + 600ms);
  EXPECT_EQ(ledger.played(kStart + 9s), 600ms);
  EXPECT_GT(ledger.plays_until(), kStart + 1h);
  ledger.sent(kStart + 2s, 1s, {});
  EXPECT_EQ(ledger.played(kStart + 9s), 600ms);
}

TEST(PlaybackLedger, WhatArrivedBeforeALossPlaysOnAndTheRestWhenItArrives) {
  PlaybackLedger ledger = two_blocks();
  ledger.lose(kStart + 600ms);
  ledger.regain(kStart + 5s, 1s);
  EXPECT_EQ(ledger.played(kStart + 5s), 1s) << "the first block had arrived";
  EXPECT_EQ(ledger.played(kStart + 5500ms), 1500ms);
  EXPECT_EQ(ledger.plays_until(), kStart + 6s);
}

TEST(PlaybackLedger, PlaysOnWithoutAGapWhenAllHadArrived) {
  PlaybackLedger ledger = two_blocks();
  ledger.lose(kStart + 600ms);
  ledger.regain(kStart + 1500ms, 0ms);
  EXPECT_EQ(ledger.played(kStart + 1500ms), 1500ms);
  EXPECT_EQ(ledger.plays_until(), kStart + 2s);
}

TEST(PlaybackLedger, PlaysAllAgainWhenMoreIsMissingThanThereWas) {
  PlaybackLedger ledger = two_blocks();
  ledger.regain(kStart + 700ms, 1h);
  EXPECT_EQ(ledger.played(kStart + 700ms), 0ms) << "a loss that nobody noticed";
  EXPECT_EQ(ledger.plays_until(), kStart + 2700ms);
}

TEST(PlaybackLedger, IsStillPausedWhenItComesBack) {
  PlaybackLedger ledger = two_blocks();
  ledger.pause(kStart + 500ms);
  ledger.lose(kStart + 600ms);
  ledger.regain(kStart + 2s, 1s);
  EXPECT_EQ(ledger.played(kStart + 3s), 500ms);
  ledger.resume(kStart + 3s);
  EXPECT_EQ(ledger.played(kStart + 3200ms), 700ms);
  EXPECT_EQ(ledger.plays_until(), kStart + 4500ms);
}

TEST(PlaybackLedger, TellsTheWordsHeard) {
  const PlaybackLedger ledger = two_blocks();
  EXPECT_EQ(ledger.heard(0ms), "");
  EXPECT_EQ(ledger.heard(250ms), "one");
  EXPECT_EQ(ledger.heard(1s), "one two");
  EXPECT_EQ(ledger.heard(5s), "one two three");
}

TEST(PlaybackLedger, IsEmptyBeforeTheFirstBlock) {
  const PlaybackLedger ledger;
  EXPECT_TRUE(ledger.empty());
  EXPECT_EQ(ledger.played(kStart + 5s), 0s);
}

}  // namespace
}  // namespace parley::conversation
