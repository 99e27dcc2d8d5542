// SPDX-License-Identifier: Apache-2.0
// Where the two sides of a conversation lie on one timeline: what was heard of the user, by when it came, and
// what was played to them, by the playback ledger. Pure.
#pragma once

#include "audio/pcm.hpp"
#include "conversation/playback_ledger.hpp"
#include "runtime/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

namespace parley::conversation {

// Frames at 48 kHz since the recording began.
using RecordingIndex = std::int64_t;
inline constexpr int kRecordingRate = 48'000;

enum class RecordingSide : std::uint8_t { kUser, kAnswer };

struct RecordingPiece {
  RecordingSide side;
  RecordingIndex at;  // of its first sample
  bool continues;     // without a gap what came before it on this side, at the same rate
  audio::Pcm sound;
};

// What is certain of the next stretch of a recording.
struct RecordingPart {
  std::vector<RecordingPiece> pieces;
  RecordingIndex until = 0;  // no piece that comes later begins before

  std::size_t bytes() const;
};

// Time passes by the clock. A user's audio that comes late is placed where it would have come in time, if it
// catches up within kPatience; if it does not, nothing was sent for a while. Audio that comes faster than it
// is spoken takes the time that it lasts, and what is played then comes behind it.
//
// Calls come in the order of their times. Holds the user's last two seconds, and of the answers what has not
// been played yet.
class RecordingTimeline {
 public:
  static constexpr RecordingIndex kPatience = 2 * kRecordingRate;

  explicit RecordingTimeline(runtime::TimePoint begins) : begins_(begins) {}

  // 16 kHz, mono.
  void heard(std::span<const std::int16_t> samples, runtime::TimePoint now);
  // A block that has just been noted in the ledger of its answer, whose sound it continues from `offset` on.
  void sent(std::shared_ptr<const PlaybackLedger> ledger, std::chrono::microseconds offset, audio::Pcm sound);
  // Looks at what has been played by now: to be called before a ledger says otherwise of the past.
  void advance(runtime::TimePoint now);
  // What has not been played by now will not be.
  void interrupted(runtime::TimePoint now);

  // There is something to take that is worth it.
  bool due(runtime::TimePoint now) const;
  RecordingPart take(runtime::TimePoint now);
  // All there is, up to now.
  RecordingPart finish(runtime::TimePoint now);

 private:
  struct Heard {
    RecordingIndex arrived;
    std::vector<std::int16_t> samples;
  };
  struct Sent {
    std::shared_ptr<const PlaybackLedger> ledger;
    std::chrono::microseconds offset;
    audio::Pcm sound;
    std::size_t played = 0;  // frames
  };
  // Sound without a gap.
  struct Run {
    RecordingIndex begin = 0;
    std::int64_t frames = 0;
    int rate = 0;  // 0: there was none yet
    RecordingIndex end() const { return rate == 0 ? begin : begin + frames * kRecordingRate / rate; }
  };

  RecordingIndex index_of(runtime::TimePoint time) const;
  void place(RecordingSide side, Run& run, RecordingIndex at, RecordingIndex tolerance, audio::Pcm sound);
  void place_heard(RecordingIndex arrived_by);
  void place_sent(Sent& block, std::size_t frames);
  RecordingPart take_until(RecordingIndex until);

  const runtime::TimePoint begins_;
  RecordingIndex ahead_ = 0;  // of the clock
  std::deque<Heard> heard_;
  RecordingIndex waiting_ = 0;  // how much of it
  std::deque<Sent> sent_;
  Run user_;
  Run answer_;
  RecordingIndex taken_ = 0;
  std::vector<RecordingPiece> pieces_;
};

}  // namespace parley::conversation
