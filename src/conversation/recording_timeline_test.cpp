// SPDX-License-Identifier: Apache-2.0
#include "conversation/recording_timeline.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::TimePoint;
using Samples = std::vector<std::int16_t>;

constexpr TimePoint kBegin{100s};
constexpr RecordingIndex kSecond = kRecordingRate;

TimePoint at(std::chrono::microseconds since) { return kBegin + since; }
Samples speech(std::chrono::milliseconds length) {
  return Samples(static_cast<std::size_t>(length.count() * 16), 1);
}

// What lies without a gap on one side.
struct Stretch {
  RecordingIndex begin;
  RecordingIndex end;
  bool operator==(const Stretch&) const = default;
};

// Takes what is certain as it comes, as a recording does, and all that is left at the end.
struct Timeline {
  RecordingTimeline timeline{kBegin};
  std::vector<RecordingPiece> pieces;
  RecordingIndex until = 0;

  void heard(std::chrono::milliseconds length, std::chrono::microseconds when) {
    timeline.heard(speech(length), at(when));
    if (timeline.due(at(when))) take(timeline.take(at(when)));
  }
  void take(RecordingPart part) {
    EXPECT_GE(part.until, until);
    for (RecordingPiece& piece : part.pieces) {
      EXPECT_GE(piece.at, until) << "of what was certain before";
      pieces.push_back(std::move(piece));
    }
    until = part.until;
  }
  void finish(std::chrono::microseconds when) { take(timeline.finish(at(when))); }

  std::vector<Stretch> side(RecordingSide side) const {
    std::vector<Stretch> all;
    std::int64_t frames = 0;
    for (const RecordingPiece& piece : pieces) {
      if (piece.side != side) continue;
      if (!piece.continues) {
        all.push_back({piece.at, piece.at});
        frames = 0;
      }
      frames += static_cast<std::int64_t>(piece.sound.frames());
      all.back().end = all.back().begin + frames * kRecordingRate / piece.sound.format.rate;
    }
    return all;
  }
  std::vector<Stretch> user() const { return side(RecordingSide::kUser); }
  std::vector<Stretch> answer() const { return side(RecordingSide::kAnswer); }
};

// An answer whose blocks are sent at once.
struct Answer {
  std::shared_ptr<PlaybackLedger> ledger = std::make_shared<PlaybackLedger>();

  void send(Timeline& t, std::chrono::microseconds when, std::size_t frames, int rate = 16'000) {
    audio::Pcm sound{{rate, 1}, Samples(frames, 2)};
    const auto offset = ledger->total();
    ledger->sent(at(when), sound.duration(), {});
    t.timeline.sent(ledger, offset, std::move(sound));
  }
};

TEST(RecordingTimeline, AMicrophoneIsWithoutAGapWhereItWasHeard) {
  Timeline t;
  for (int i = 1; i <= 100; ++i) t.heard(100ms, 1000ms + 100ms * i + 1ms * (i * 37 % 40));
  t.finish(11s);
  ASSERT_EQ(t.user().size(), 1U);
  EXPECT_NEAR(static_cast<double>(t.user()[0].begin), kSecond, 0.001 * kSecond);
  EXPECT_EQ(t.user()[0].end - t.user()[0].begin, 10 * kSecond);
}

TEST(RecordingTimeline, AudioThatCatchesUpIsNotTorn) {
  Timeline t;
  for (int i = 1; i <= 30; ++i) t.heard(100ms, 100ms * i);
  for (int i = 31; i <= 45; ++i) t.heard(100ms, 4500ms);  // the network stood still
  for (int i = 46; i <= 80; ++i) t.heard(100ms, 100ms * i);
  t.finish(8s);
  EXPECT_EQ(t.user(), (std::vector<Stretch>{{0, 8 * kSecond}}));
}

TEST(RecordingTimeline, WhatIsNotSentIsSilence) {
  Timeline t;
  for (int i = 1; i <= 20; ++i) t.heard(100ms, 100ms * i);
  for (int i = 1; i <= 20; ++i) t.heard(100ms, 10s + 100ms * i);  // the button is pushed again
  t.finish(13s);
  EXPECT_EQ(t.user(), (std::vector<Stretch>{{0, 2 * kSecond}, {10 * kSecond, 12 * kSecond}}));
  EXPECT_EQ(t.until, 13 * kSecond);
}

TEST(RecordingTimeline, AudioFasterThanSpeechTakesItsTimeAndItsAnswerComesBehind) {
  Timeline t;
  for (int i = 0; i < 100; ++i) t.heard(100ms, 10ms);
  Answer answer;
  answer.send(t, 510ms, 16'000);
  t.finish(3s);
  EXPECT_EQ(t.user(), (std::vector<Stretch>{{0, 10 * kSecond}}));
  ASSERT_EQ(t.answer().size(), 1U);
  EXPECT_NEAR(static_cast<double>(t.answer()[0].begin), 10.5 * kSecond, 0.25 * kSecond);
}

TEST(RecordingTimeline, AnAnswerLiesWhereItWasPlayed) {
  Timeline t;
  for (int i = 1; i <= 20; ++i) t.heard(100ms, 100ms * i);
  Answer answer;
  for (int block = 0; block < 40; ++block) answer.send(t, 2s + 1ms * block, 1103, 22'050);
  for (int i = 21; i <= 60; ++i) t.heard(100ms, 100ms * i);
  t.finish(6s);
  const RecordingIndex length = std::int64_t{40} * 1103 * kRecordingRate / 22'050;
  EXPECT_EQ(t.user(), (std::vector<Stretch>{{0, 6 * kSecond}}));
  EXPECT_EQ(t.answer(), (std::vector<Stretch>{{2 * kSecond, 2 * kSecond + length}}));
}

TEST(RecordingTimeline, AnInterruptedAnswerEndsWhereItStopped) {
  Timeline t;
  Answer answer;
  answer.send(t, 1s, 5 * 16'000);
  t.timeline.interrupted(at(3s + 250ms));
  Answer next;
  next.send(t, 5s, 16'000);
  t.finish(9s);
  EXPECT_EQ(t.answer(),
            (std::vector<Stretch>{{kSecond, 3 * kSecond + kSecond / 4}, {5 * kSecond, 6 * kSecond}}));
}

TEST(RecordingTimeline, APausedAnswerGoesOnWhereItWas) {
  Timeline t;
  Answer answer;
  answer.send(t, 1s, 2 * 16'000);
  t.timeline.advance(at(1500ms));
  answer.ledger->pause(at(1500ms));
  t.timeline.advance(at(2s));
  answer.ledger->resume(at(2s));
  t.finish(5s);
  EXPECT_EQ(t.answer(), (std::vector<Stretch>{{kSecond, kSecond + kSecond / 2},
                                              {2 * kSecond, 3 * kSecond + kSecond / 2}}));
}

TEST(RecordingTimeline, WhatALostClientDidNotPlayIsNotThere) {
  Timeline t;
  Answer answer;
  answer.send(t, 1s, 16'000);
  answer.send(t, 1s, 16'000);
  t.timeline.advance(at(1500ms));
  answer.ledger->lose(at(1500ms));
  answer.ledger->regain(at(6s), 1s);  // the second block never arrived
  t.finish(9s);
  EXPECT_EQ(t.answer(), (std::vector<Stretch>{{kSecond, 2 * kSecond}, {6 * kSecond, 7 * kSecond}}));
}

TEST(RecordingTimeline, AnAnswerThatIsStillPlayedAtTheEndStopsThere) {
  Timeline t;
  Answer answer;
  answer.send(t, 1s, 5 * 16'000);
  t.finish(2s);
  EXPECT_EQ(t.answer(), (std::vector<Stretch>{{kSecond, 2 * kSecond}}));
  EXPECT_EQ(t.until, 2 * kSecond);
}

TEST(RecordingTimeline, HoldsTwoSecondsOfTheUser) {
  Timeline t;
  for (int i = 1; i <= 1000; ++i) t.heard(100ms, 100ms * i);
  EXPECT_GE(t.until, 96 * kSecond);
  EXPECT_GE(t.user().at(0).end, 97 * kSecond);
}

}  // namespace
}  // namespace parley::conversation
