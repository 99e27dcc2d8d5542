// SPDX-License-Identifier: Apache-2.0
// Words from the pieces that neural recognisers give.
#pragma once

#include "speech/types.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::speech {

struct SpokenToken {
  std::string text;  // one that begins a word begins with a space or U+2581
  std::optional<std::chrono::milliseconds> at = std::nullopt;
  std::optional<double> log_probability = std::nullopt;
};

// Joins tokens to words, in lower case and without punctuation around them; a character of a script without
// spaces is a word of its own. A word begins with its first token and ends with the next word, or 400 ms
// after its last token, and not after `end`; its confidence is the least of its tokens'. No words when a
// token has no time.
std::vector<Word> words_of_tokens(const std::vector<SpokenToken>& tokens, std::chrono::milliseconds end);

// The words of a text, spread over [begin, end) by their lengths: an estimate, for engines without times.
std::vector<Word> words_of_text(std::string_view text, std::chrono::milliseconds begin,
                                std::chrono::milliseconds end);

// A transcript of what an engine wrote. `text` is the engine's where it has punctuation or both cases, else
// made readable (English); `spoken` is its words as said. Not final.
Transcript transcript_of(std::string_view written, std::vector<Word> words, bool english);

}  // namespace parley::speech
