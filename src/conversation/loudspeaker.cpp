// SPDX-License-Identifier: Apache-2.0
#include "conversation/loudspeaker.hpp"

#include <algorithm>
#include <utility>

namespace parley::conversation {

void Loudspeaker::begin() {
  queue_.clear();
  silent_ = 0;
  canceller_.changed();
}

void Loudspeaker::play(const audio::Pcm& sound) {
  if (sound.format == audio::kSpeechFormat) {
    queue_.insert(queue_.end(), sound.samples.begin(), sound.samples.end());
    return;
  }
  if (sound.format != format_) {
    auto made = audio::LiveResampler::create(sound.format, audio::kSpeechFormat.rate);
    resampler_.reset();
    if (made) resampler_ = std::move(*made);
    format_ = sound.format;
  }
  if (resampler_) {
    const auto samples = resampler_->process(sound.samples);
    queue_.insert(queue_.end(), samples.begin(), samples.end());
  } else {
    queue_.resize(queue_.size() +
                  sound.frames() * audio::kSpeechFormat.rate / static_cast<std::size_t>(sound.format.rate));
  }
}

void Loudspeaker::limit(std::size_t samples, Dropped dropped) {
  if (queue_.size() <= samples) return;
  if (dropped == Dropped::kNewest) return queue_.resize(samples);
  queue_.erase(queue_.begin(), queue_.end() - static_cast<std::ptrdiff_t>(samples));
}

audio::EchoCanceller::Frame Loudspeaker::hear(std::span<std::int16_t, kFrame> heard, bool paused) {
  audio::EchoCanceller::Frame played{};
  if (over()) {
    std::ranges::copy(heard, played.begin());
    return played;
  }
  const std::size_t taken = paused ? 0 : std::min(kFrame, queue_.size());
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(taken);
  std::copy(queue_.begin(), end, played.begin());
  queue_.erase(queue_.begin(), end);
  silent_ = taken > 0 || !queue_.empty() ? 0 : silent_ + 1;
  const auto certain = canceller_.process(played, heard);
  if (over()) canceller_.rest();
  return certain;
}

}  // namespace parley::conversation
