// SPDX-License-Identifier: Apache-2.0
// Takes the sound of a loudspeaker out of what a microphone hears, and what may be left of it.
#pragma once

#include "audio/echo_filter.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

namespace parley::audio {

// One thread at a time. Where nothing is heard of what is played it costs half a microsecond a frame and
// 30 KB; where something is, a filter's time and memory, and in its first two seconds eleven times the one
// and three times the other.
class EchoCanceller {
 public:
  static constexpr std::size_t kFrame = EchoFilter::kFrame;

  using Frame = std::array<std::int16_t, kFrame>;

  // Takes the next frame that is played, and the echo out of the one that is heard meanwhile. What may be
  // left of it is as faint as the room's noise, but not within a voice, which would have holes. Gives the
  // same with holes, for who must not take an echo for a voice.
  Frame process(std::span<const std::int16_t, kFrame> played, std::span<std::int16_t, kFrame> heard);
  // The loudspeaker has begun or stopped, or is louder or fainter than it was: for a moment a sound counts
  // only when it is louder than the echo may be.
  void changed();
  // Nothing has been played for a time. What is known of the room stays.
  void rest();

  // An echo has been found.
  bool echo() const { return echo_; }

 private:
  struct Moment {
    Frame played, heard;
  };

  // Of a band: what may be an echo, and what is certainly none.
  class Gate {
   public:
    // Makes what may be an echo as faint as the room's noise.
    float gain_for(const EchoFilter::Powers& powers);
    // Whether more is left than that, by this factor.
    bool opens(const EchoFilter::Powers& powers, float factor) const;

   private:
    float residual_ = 0;  // what may be left, a power
    float noise_ = 0;     // of the room, likewise
  };

  bool worth_it(double played_dbfs, double heard_dbfs);
  void remember(std::span<const std::int16_t, kFrame> played, std::span<const std::int16_t, kFrame> heard);
  void learn_again();
  void stop_learning_again();
  Frame subtract(std::span<const std::int16_t, kFrame> played, std::span<std::int16_t, kFrame> heard);
  void look_for_echo(const EchoFilter::Powers& powers);

  // Until there is a filter the last moments, then all of them until it knows the echo; the newest last.
  std::deque<Moment> past_;
  std::optional<EchoFilter> filter_;
  // Hears the past once more, and takes the place of the filter when it has heard all of it.
  std::optional<EchoFilter> again_;
  std::size_t heard_again_ = 0;
  int loud_ = 0;         // frames in a row in which something is heard
  int played_loud_ = 0;  // frames in all, since the last rest
  int removed_ = 0;      // frames of them with an echo that was removed
  bool absent_ = false;  // nothing is heard of what is played
  Gate voice_;
  Gate hiss_;
  float gain_ = 1;         // at the end of the last frame
  int open_ = 0;           // frames for which a voice may go on
  float heard_power_ = 0;  // averages, of frames with an echo that was foreseen
  float left_power_ = 0;
  bool echo_ = false;
};

}  // namespace parley::audio
