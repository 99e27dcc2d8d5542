// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/speech_writer.hpp"

#include "runtime/clock.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace parley::speech {
namespace {

using runtime::ErrorCode;
using std::chrono::milliseconds;

constexpr int kLongestKeptSeconds = 60;

// Moves what starts before `until` from `waiting` into `chunk`.
template <class Timed>
void take_started(std::deque<Timed>& waiting, milliseconds until, std::vector<Timed>& chunk) {
  while (!waiting.empty() && waiting.front().start < until) {
    chunk.push_back(std::move(waiting.front()));
    waiting.pop_front();
  }
}

}  // namespace

SpeechWriter::SpeechWriter(runtime::Context context, runtime::StreamWriter<AudioChunk> stream,
                           Options options)
    : context_(std::move(context)), stream_(std::move(stream)), options_(std::move(options)) {}

void SpeechWriter::begin(VoiceSound sound) {
  sound_ = sound;
  const double volume_db = 20 * std::log10(std::max(options_.volume, 1e-6));
  leveler_.emplace(sound.rate, options_.target_lufs - sound.loudness_lufs + volume_db);
  whole_.pcm.format = {sound.rate, 1};
}

void SpeechWriter::add(Word word) { words_.push_back(std::move(word)); }

void SpeechWriter::add(Phoneme phoneme) { phonemes_.push_back(std::move(phoneme)); }

bool SpeechWriter::write(std::span<const std::int16_t> samples) {
  leveler_->process(samples, pending_);
  written_ += static_cast<std::int64_t>(samples.size());
  const auto rate = static_cast<std::size_t>(sound_.rate);
  return wanted() && give(given_ == 0 ? rate / 100 : rate / 10);
}

bool SpeechWriter::wanted() {
  if (stream_.cancelled()) return false;
  const auto alive = context_.check(runtime::SystemClock().now());
  if (!alive) stream_.fail(alive.error());
  return static_cast<bool>(alive);
}

void SpeechWriter::finish() {
  if (leveler_) leveler_->flush(pending_);
  if (!wanted() || !give(1)) return;
  stream_.finish();
  if (options_.on_complete && complete_) options_.on_complete(whole_);
}

void SpeechWriter::fail(runtime::Error error) { stream_.fail(std::move(error)); }

// Sends what is pending, in chunks of at most 100 ms, as long as at least `least` samples are there. False
// when the stream has ended.
bool SpeechWriter::give(std::size_t least) {
  const auto largest = static_cast<std::size_t>(sound_.rate) / 10;
  while (!pending_.empty() && pending_.size() >= least) {
    const auto count = std::min(pending_.size(), largest);
    const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(count);
    AudioChunk chunk{{{sound_.rate, 1}, {pending_.begin(), end}}, {}, {}};
    pending_.erase(pending_.begin(), end);
    given_ += static_cast<std::int64_t>(count);
    const milliseconds until(given_ * 1000 / sound_.rate);
    take_started(words_, until, chunk.words);
    take_started(phonemes_, until, chunk.phonemes);

    complete_ =
        complete_ && options_.on_complete && given_ <= std::int64_t{kLongestKeptSeconds} * sound_.rate;
    if (complete_) {
      const auto& samples = chunk.pcm.samples;
      whole_.pcm.samples.insert(whole_.pcm.samples.end(), samples.begin(), samples.end());
      whole_.words.insert(whole_.words.end(), chunk.words.begin(), chunk.words.end());
      whole_.phonemes.insert(whole_.phonemes.end(), chunk.phonemes.begin(), chunk.phonemes.end());
    }
    const auto pushed = stream_.push(std::move(chunk));
    if (!pushed) {
      if (pushed.error().code == ErrorCode::kOverloaded) stream_.fail(pushed.error());
      return false;
    }
    if (least > 1) least = largest;
  }
  return true;
}

}  // namespace parley::speech
