// SPDX-License-Identifier: Apache-2.0
// Makes the two channels of a recording of its pieces: the user on the left, the answers on the right,
// silence where there are none.
#pragma once

#include "audio/resampler.hpp"
#include "conversation/recording_timeline.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace parley::conversation {

// One thread at a time. Holds what was added and not mixed.
class RecordingMixer {
 public:
  runtime::Result<> add(RecordingPart part);
  // The next frames at 48 kHz, interleaved, at most so many; none when nothing more is certain.
  std::vector<std::int16_t> mix(std::size_t most_frames);

 private:
  // One channel: its runs of sound, brought to 48 kHz.
  class Track {
   public:
    runtime::Result<> add(RecordingPiece piece);
    // Nothing that comes begins before `until`: up to where all is known.
    RecordingIndex settle(RecordingIndex until);
    // Writes what lies in [begin, begin + frames) into every second sample.
    void mix(RecordingIndex begin, std::size_t frames, std::int16_t* out);

   private:
    struct Chunk {
      RecordingIndex at;
      std::vector<std::int16_t> samples;
    };
    void put(std::vector<std::int16_t> samples);
    void close();

    std::optional<audio::FileResampler> resampler_;  // of the run that may go on
    RecordingIndex run_begin_ = 0;
    std::int64_t run_frames_ = 0;  // that went in, at rate_
    int rate_ = kRecordingRate;
    RecordingIndex made_ = 0;  // where what came out ends
    std::deque<Chunk> chunks_;
  };

  std::array<Track, 2> tracks_;
  RecordingIndex settled_ = 0;
  RecordingIndex mixed_ = 0;
};

}  // namespace parley::conversation
