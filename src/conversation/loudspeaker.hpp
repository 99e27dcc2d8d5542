// SPDX-License-Identifier: Apache-2.0
// The device that plays the answers, seen from its microphone: what it plays, and the echo of that taken out
// of what is heard. It exists from an answer on, and as long as an echo is heard of answers.
#pragma once

#include "audio/echo_canceller.hpp"
#include "audio/pcm.hpp"
#include "audio/resampler.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>

namespace parley::conversation {

// Time passes with the audio that is heard: a device hears as long as it plays. One thread at a time. Holds
// what is still to be played, 32 KB a second.
class Loudspeaker {
 public:
  static constexpr std::size_t kFrame = audio::EchoCanceller::kFrame;

  // Whatever is left of another answer is not played.
  void begin();
  // Plays after all before it. Takes 16 kHz mono as it is; what cannot be resampled to it is played as
  // silence.
  void play(const audio::Pcm& sound);
  // Plays no more than so many samples from now on. Of more, `dropped` says which end goes.
  enum class Dropped : std::uint8_t { kOldest, kNewest };
  void limit(std::size_t samples, Dropped dropped);

  // It has been made louder or fainter, or waits, or goes on: sooner or later.
  void changed() { canceller_.changed(); }

  // Takes the echo out of the next 10 ms that are heard, and gives what of them can be no echo. While it is
  // paused, it plays nothing.
  audio::EchoCanceller::Frame hear(std::span<std::int16_t, kFrame> heard, bool paused);

  // What it plays is heard.
  bool echoes() const { return !over() && known(); }
  // What it plays has been heard.
  bool known() const { return canceller_.echo(); }
  // Nothing is left to be played, and its echo has died away.
  bool over() const { return queue_.empty() && silent_ >= kTail; }

 private:
  static constexpr int kTail = 60;  // frames: the longest delay, and the room

  std::deque<std::int16_t> queue_;
  std::optional<audio::LiveResampler> resampler_;
  audio::PcmFormat format_ = audio::kSpeechFormat;  // of the resampler
  audio::EchoCanceller canceller_;
  int silent_ = 0;
};

}  // namespace parley::conversation
