// SPDX-License-Identifier: Apache-2.0
// The producing end of spoken audio: engines write samples, words and sounds as they make them; out come
// chunks at one level of loudness.
#pragma once

#include "audio/leveler.hpp"
#include "runtime/context.hpp"
#include "runtime/stream.hpp"
#include "speech/types.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace parley::speech {

// A slow reader's stream keeps this many chunks of 100 ms, some seven minutes; more unread end it.
inline constexpr std::size_t kSpeechStreamChunks = 4096;

// What an engine's samples are.
struct VoiceSound {
  int rate = 16000;
  double loudness_lufs = -16;  // how loud the voice is on average (audio/loudness.hpp)
};

// A whole utterance as it was sent.
struct SpokenAudio {
  audio::Pcm pcm;
  std::vector<Word> words;
  std::vector<Phoneme> phonemes;
};

// Used by one thread at a time, begin() first. What is written after the stream has ended goes nowhere.
class SpeechWriter {
 public:
  struct Options {
    double target_lufs = -16;
    double volume = 1.0;
    // Called with the whole, once, when it was finished and everything could be sent. Utterances of more than
    // a minute are not kept.
    std::function<void(const SpokenAudio&)> on_complete = {};
  };

  SpeechWriter(runtime::Context context, runtime::StreamWriter<AudioChunk> stream, Options options);

  void begin(VoiceSound sound);
  // Words and sounds go out with the chunk that they start in: add them before the samples at their start.
  void add(Word word);
  void add(Phoneme phoneme);
  // Takes the next samples and sends what makes a chunk: 10 ms for the first, then 100 ms. False when the
  // rest is not wanted; the stream has then ended as it should.
  bool write(std::span<const std::int16_t> samples);
  std::int64_t written() const { return written_; }  // samples since begin()

  // False, and the stream failed as it should, when nobody waits for the rest.
  bool wanted();
  void finish();
  void fail(runtime::Error error);

  const runtime::Context& context() const { return context_; }

 private:
  bool give(std::size_t least);

  const runtime::Context context_;
  const runtime::StreamWriter<AudioChunk> stream_;
  const Options options_;
  VoiceSound sound_;
  std::optional<audio::Leveler> leveler_;
  std::vector<std::int16_t> pending_;  // leveled, not sent yet
  std::deque<Word> words_;             // begin in what is not sent yet
  std::deque<Phoneme> phonemes_;
  std::int64_t written_ = 0;
  std::int64_t given_ = 0;  // samples
  bool complete_ = true;    // all that was sent is in whole_
  SpokenAudio whole_;
};

}  // namespace parley::speech
