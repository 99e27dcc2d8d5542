// SPDX-License-Identifier: Apache-2.0
// What has been sent of an answer and, from that, what the listener has heard: the model must remember only
// what was heard.
#pragma once

#include "runtime/clock.hpp"
#include "speech/types.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace parley::conversation {

// One answer. Blocks are assumed to play one after another from the time the first was sent, which is what
// every client does that has no echo of its position; a client that reports its position overrides it.
class PlaybackLedger {
 public:
  // Plays when `before` has been played.
  void follow(const PlaybackLedger& before) {
    plays_until_ = before.plays_until_;
    paused_at_ = before.paused_at_;
    lost_at_ = before.lost_at_;
  }

  // Notes a block of `duration` sent at `now`, and the words that start in it (times since the answer's
  // first sample).
  void sent(runtime::TimePoint now, std::chrono::microseconds duration,
            const std::vector<speech::Word>& words);

  bool empty() const { return total_.count() == 0; }
  std::chrono::microseconds total() const { return total_; }

  // The listener's player waits; what is sent meanwhile plays after it goes on.
  void pause(runtime::TimePoint now);
  void resume(runtime::TimePoint now);
  bool paused() const { return paused_at_.has_value(); }

  // The connection to the listener is lost. Until it is back, what would have been played by `now` counts as
  // heard, and nothing more.
  void lose(runtime::TimePoint now);
  // The listener is back, without the last `missing` of what was sent: that plays from now on. What had
  // arrived went on playing meanwhile.
  void regain(runtime::TimePoint now, std::chrono::microseconds missing);

  // When the last block sent so far will have been played; far away while the player waits, or is lost.
  runtime::TimePoint plays_until() const {
    return paused_at_ || lost_at_ ? runtime::TimePoint::max() : plays_until_;
  }

  // How much of the answer has been played at `now`.
  std::chrono::microseconds played(runtime::TimePoint now) const;

  // When the block that begins at `offset` begins to play.
  runtime::TimePoint starts(std::chrono::microseconds offset) const;

  // The words whose middle lies within the first `played` of the answer, joined by spaces.
  std::string heard(std::chrono::microseconds played) const;

 private:
  struct Block {
    runtime::TimePoint starts;         // when it begins to play
    std::chrono::microseconds offset;  // in the answer
    std::chrono::microseconds duration;
  };
  std::vector<Block> blocks_;
  std::vector<speech::Word> words_;
  std::chrono::microseconds total_{};
  runtime::TimePoint plays_until_{};
  std::optional<runtime::TimePoint> paused_at_;
  std::optional<runtime::TimePoint> lost_at_;
};

}  // namespace parley::conversation
