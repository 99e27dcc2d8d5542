// SPDX-License-Identifier: Apache-2.0
// Collects what a synthesizer says, for tests.
#pragma once

#include "runtime/io_threads.hpp"
#include "speech/synthesizer.hpp"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace parley::speech::testing {

struct Spoken {
  audio::PcmFormat format;
  std::vector<std::int16_t> samples;
  std::vector<Word> words;
  std::vector<Phoneme> phonemes;
  std::size_t chunks = 0;
  std::size_t first_chunk = 0;  // samples
  std::optional<runtime::Error> error;
};

// Also checks that chunks are short and of one format, and that words come with the chunk they start in.
inline runtime::Task<> collect(runtime::Stream<AudioChunk> stream, Spoken& spoken) {
  while (true) {
    const auto chunk = co_await stream.next();
    if (!chunk) {
      spoken.error = chunk.error();
      co_return;
    }
    if (!chunk->has_value()) co_return;
    const auto& pcm = (*chunk)->pcm;
    if (spoken.chunks++ == 0) {
      spoken.format = pcm.format;
      spoken.first_chunk = pcm.samples.size();
    }
    EXPECT_EQ(pcm.format, spoken.format);
    EXPECT_LE(pcm.duration(), std::chrono::milliseconds(200));
    EXPECT_FALSE(pcm.samples.empty());
    const auto to_ms = [&] {
      return static_cast<std::int64_t>(spoken.samples.size()) * 1000 / spoken.format.rate;
    };
    const auto begin = to_ms();
    spoken.samples.insert(spoken.samples.end(), pcm.samples.begin(), pcm.samples.end());
    for (const auto& word : (*chunk)->words) {
      EXPECT_GE(word.start.count(), begin) << word.text;
      EXPECT_LE(word.start.count(), to_ms()) << word.text;
      spoken.words.push_back(word);
    }
    for (const auto& phoneme : (*chunk)->phonemes) {
      EXPECT_LE(phoneme.start.count(), to_ms()) << phoneme.symbol;
      spoken.phonemes.push_back(phoneme);
    }
  }
}

inline Spoken finish(runtime::IoThreads& io, runtime::Stream<AudioChunk> stream) {
  Spoken spoken;
  io.run(collect(std::move(stream), spoken));
  return spoken;
}

inline std::vector<std::string> texts(const std::vector<Word>& words) {
  std::vector<std::string> result;
  for (const auto& word : words) result.push_back(word.text);
  return result;
}

// Words and sounds follow each other inside the audio.
inline void expect_times(const Spoken& spoken) {
  const auto length = static_cast<std::int64_t>(spoken.samples.size()) * 1000 / spoken.format.rate;
  std::chrono::milliseconds last{0};
  for (const auto& word : spoken.words) {
    EXPECT_GE(word.start, last) << word.text;
    EXPECT_GT(word.end, word.start) << word.text;
    last = word.end;
  }
  EXPECT_LE(last.count(), length);
  last = {};
  for (const auto& phoneme : spoken.phonemes) {
    EXPECT_GE(phoneme.start, last) << phoneme.symbol;
    EXPECT_GE(phoneme.end, phoneme.start) << phoneme.symbol;
    last = phoneme.start;
  }
  EXPECT_LE(last.count(), length);
}

}  // namespace parley::speech::testing
