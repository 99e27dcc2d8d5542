// SPDX-License-Identifier: Apache-2.0
#include "conversation/recording_mixer.hpp"

#include <algorithm>
#include <utility>

namespace parley::conversation {

using runtime::Result;

Result<> RecordingMixer::add(RecordingPart part) {
  for (RecordingPiece& piece : part.pieces) {
    const auto added = tracks_[static_cast<std::size_t>(piece.side)].add(std::move(piece));
    if (!added) return added.error();
  }
  settled_ = part.until;
  for (Track& track : tracks_) settled_ = std::min(settled_, track.settle(part.until));
  return {};
}

std::vector<std::int16_t> RecordingMixer::mix(std::size_t most_frames) {
  const auto certain = static_cast<std::size_t>(std::max<RecordingIndex>(settled_ - mixed_, 0));
  const std::size_t frames = std::min(most_frames, certain);
  std::vector<std::int16_t> mixed(2 * frames);
  if (mixed.empty()) return mixed;
  for (std::size_t side = 0; side < tracks_.size(); ++side) {
    tracks_[side].mix(mixed_, frames, mixed.data() + side);
  }
  mixed_ += static_cast<RecordingIndex>(frames);
  return mixed;
}

Result<> RecordingMixer::Track::add(RecordingPiece piece) {
  if (!piece.continues || !resampler_) {
    close();
    auto made = audio::FileResampler::create(piece.sound.format, kRecordingRate);
    if (!made) return made.error();
    resampler_.emplace(std::move(*made));
    run_begin_ = made_ = piece.at;
    run_frames_ = 0;
    rate_ = piece.sound.format.rate;
  }
  run_frames_ += static_cast<std::int64_t>(piece.sound.frames());
  put(resampler_->process(piece.sound.samples));
  return {};
}

void RecordingMixer::Track::put(std::vector<std::int16_t> samples) {
  if (samples.empty()) return;
  const RecordingIndex at = made_;
  made_ += static_cast<RecordingIndex>(samples.size());
  chunks_.push_back({at, std::move(samples)});
}

void RecordingMixer::Track::close() {
  if (!resampler_) return;
  put(resampler_->flush());
  resampler_.reset();
}

RecordingIndex RecordingMixer::Track::settle(RecordingIndex until) {
  if (!resampler_) return until;
  // The resampler still holds the end of the run, which may go on.
  if (until < run_begin_ + run_frames_ * kRecordingRate / rate_) return std::min(until, made_);
  close();
  return until;
}

void RecordingMixer::Track::mix(RecordingIndex begin, std::size_t frames, std::int16_t* out) {
  const RecordingIndex end = begin + static_cast<RecordingIndex>(frames);
  for (const Chunk& chunk : chunks_) {
    const RecordingIndex chunk_end = chunk.at + static_cast<RecordingIndex>(chunk.samples.size());
    for (RecordingIndex at = std::max(begin, chunk.at); at < std::min(end, chunk_end); ++at) {
      out[2 * (at - begin)] = chunk.samples[static_cast<std::size_t>(at - chunk.at)];
    }
  }
  while (!chunks_.empty() &&
         chunks_.front().at + static_cast<RecordingIndex>(chunks_.front().samples.size()) <= end) {
    chunks_.pop_front();
  }
}

}  // namespace parley::conversation
