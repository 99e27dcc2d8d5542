// SPDX-License-Identifier: Apache-2.0
#include "conversation/recording_timeline.hpp"

#include <algorithm>
#include <utility>

namespace parley::conversation {

namespace {

constexpr RecordingIndex kFramesPerMs = kRecordingRate / 1000;
constexpr RecordingIndex kPerSpeechFrame = kRecordingRate / audio::kSpeechFormat.rate;
// What a network delays more than other audio; more is a pause.
constexpr RecordingIndex kUserTolerance = 250 * kFramesPerMs;
// The rounding of the ledger's times.
constexpr RecordingIndex kAnswerTolerance = 5 * kFramesPerMs;
constexpr RecordingIndex kWorthTaking = kRecordingRate;

RecordingIndex length_of(std::span<const std::int16_t> speech) {
  return static_cast<RecordingIndex>(speech.size()) * kPerSpeechFrame;
}

}  // namespace

std::size_t RecordingPart::bytes() const {
  std::size_t sum = 0;
  for (const RecordingPiece& piece : pieces) sum += piece.sound.samples.size() * sizeof(std::int16_t);
  return sum;
}

RecordingIndex RecordingTimeline::index_of(runtime::TimePoint time) const {
  const auto since = std::chrono::duration_cast<std::chrono::microseconds>(time - begins_).count();
  return (since * kFramesPerMs + 500) / 1000 + ahead_;
}

void RecordingTimeline::heard(std::span<const std::int16_t> samples, runtime::TimePoint now) {
  if (samples.empty()) return;
  heard_.push_back({index_of(now), {samples.begin(), samples.end()}});
  waiting_ += length_of(samples);
  // What comes first may have been said before the recording began.
  const RecordingIndex tolerance = user_.rate == 0 ? 0 : kUserTolerance;
  const RecordingIndex ahead = user_.end() + waiting_ - index_of(now);
  if (ahead > tolerance) ahead_ += ahead;
  advance(now);
}

void RecordingTimeline::sent(std::shared_ptr<const PlaybackLedger> ledger, std::chrono::microseconds offset,
                             audio::Pcm sound) {
  sent_.push_back({std::move(ledger), offset, std::move(sound)});
}

void RecordingTimeline::advance(runtime::TimePoint now) {
  while (!sent_.empty()) {
    Sent& block = sent_.front();
    const auto inside = block.ledger->played(now) - block.offset;
    const bool whole = inside >= block.sound.duration();
    const auto reached = inside.count() * block.sound.format.rate / 1'000'000;
    const std::size_t frames =
        whole ? block.sound.frames() : static_cast<std::size_t>(std::max<std::int64_t>(reached, 0));
    if (frames > block.played) place_sent(block, frames);
    if (!whole) break;
    sent_.pop_front();
  }
  place_heard(index_of(now) - kPatience);
}

void RecordingTimeline::interrupted(runtime::TimePoint now) {
  advance(now);
  sent_.clear();
}

void RecordingTimeline::place_sent(Sent& block, std::size_t frames) {
  const audio::PcmFormat format = block.sound.format;
  const auto channels = static_cast<std::size_t>(format.channels);
  const auto begin = block.sound.samples.begin();
  audio::Pcm sound{format,
                   {begin + static_cast<std::ptrdiff_t>(block.played * channels),
                    begin + static_cast<std::ptrdiff_t>(frames * channels)}};
  const RecordingIndex at = index_of(block.ledger->starts(block.offset)) +
                            static_cast<RecordingIndex>(block.played) * kRecordingRate / format.rate;
  block.played = frames;
  place(RecordingSide::kAnswer, answer_, at, kAnswerTolerance, std::move(sound));
}

// The least late of those that have come says how late all of them may be.
void RecordingTimeline::place_heard(RecordingIndex arrived_by) {
  while (!heard_.empty() && heard_.front().arrived <= arrived_by) {
    RecordingIndex length = 0;
    RecordingIndex at = heard_.front().arrived;
    for (const Heard& block : heard_) {
      length += length_of(block.samples);
      at = std::min(at, block.arrived - length);
    }
    Heard block = std::move(heard_.front());
    heard_.pop_front();
    waiting_ -= length_of(block.samples);
    place(RecordingSide::kUser, user_, at, kUserTolerance, {audio::kSpeechFormat, std::move(block.samples)});
  }
}

void RecordingTimeline::place(RecordingSide side, Run& run, RecordingIndex at, RecordingIndex tolerance,
                              audio::Pcm sound) {
  const bool continues = run.rate == sound.format.rate && at <= run.end() + tolerance && run.end() >= taken_;
  if (!continues) run = {std::max({at, run.end(), taken_}), 0, sound.format.rate};
  pieces_.push_back({side, run.end(), continues, {}});
  run.frames += static_cast<std::int64_t>(sound.frames());
  pieces_.back().sound = std::move(sound);
}

bool RecordingTimeline::due(runtime::TimePoint now) const {
  return index_of(now) - kPatience >= taken_ + kWorthTaking;
}

RecordingPart RecordingTimeline::take(runtime::TimePoint now) {
  advance(now);
  const RecordingIndex certain = index_of(now) - kPatience;
  return take_until(heard_.empty() ? certain : std::min(certain, user_.end()));
}

RecordingPart RecordingTimeline::finish(runtime::TimePoint now) {
  interrupted(now);
  place_heard(INT64_MAX);
  return take_until(std::max({index_of(now), user_.end(), answer_.end()}));
}

RecordingPart RecordingTimeline::take_until(RecordingIndex until) {
  taken_ = std::max(taken_, until);
  return {std::exchange(pieces_, {}), taken_};
}

}  // namespace parley::conversation
