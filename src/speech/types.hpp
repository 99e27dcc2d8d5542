// SPDX-License-Identifier: Apache-2.0
// What engines that hear and speak exchange with the rest.
#pragma once

#include "audio/pcm.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace parley::speech {

// What may have been said instead of a word.
struct Alternative {
  std::string text;      // lower case, as `Word::text`
  double posterior = 0;  // 0..1: how likely the engine thinks it, on the scale of `Word::confidence`

  bool operator==(const Alternative&) const = default;
};

// No word carries more of them.
inline constexpr std::size_t kMostAlternatives = 8;

// A word with its place in the audio, relative to the first sample of the stream.
struct Word {
  std::string text;
  std::chrono::milliseconds start{};
  std::chrono::milliseconds end{};
  std::optional<double> confidence = std::nullopt;  // 0..1; absent where the engine does not know
  // Other words heard in about this place, likeliest first; the word itself is not among them. Only in words
  // that have settled, and only from engines that weigh several.
  std::vector<Alternative> alternatives = {};

  bool operator==(const Word&) const = default;
};

// Short phrases by what they mean, each of lower-case words.
using PhraseGroups = std::vector<std::vector<std::string>>;

struct Transcript {
  std::string text;    // for readers: case, punctuation, digits as far as the engine gives them
  std::string spoken;  // the words as said, lower case
  std::vector<Word> words;
  std::optional<double> confidence = std::nullopt;
  bool is_final = false;
  // The words stand unless more is said. An engine that does not know says so of every transcript.
  bool settled = true;
  std::int64_t processed = 0;  // samples of the stream (16 kHz) that this text covers
  // For each group of phrases that was asked for, how much better the best of them fits the sound than the
  // words above do: in nats for 10 ms, mostly -2 to 2. Empty while the words have not settled, when more than
  // a short phrase was said, and from engines that cannot tell.
  std::vector<double> fits = {};
};

// A speech sound with its place in synthesised audio.
struct Phoneme {
  std::string symbol;  // in the International Phonetic Alphabet
  std::chrono::milliseconds start{};
  std::chrono::milliseconds end{};

  bool operator==(const Phoneme&) const = default;
};

// Synthesised audio with the words and sounds that start in it; times are relative to the first sample of the
// utterance.
struct AudioChunk {
  audio::Pcm pcm;
  std::vector<Word> words;
  std::vector<Phoneme> phonemes = {};
};

// What an engine says of itself, for /info and `parley doctor`.
struct EngineInfo {
  std::string name;             // "pocketsphinx 5prealpha en-us"
  std::string where = "local";  // "local" or "cloud"
};

}  // namespace parley::speech
