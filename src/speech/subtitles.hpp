// SPDX-License-Identifier: Apache-2.0
// Subtitles of a recording, as SubRip and as WebVTT (https://www.w3.org/TR/webvtt1/).
#pragma once

#include "speech/types.hpp"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::speech {

// The words of a text for readers, as they stand between its spaces, with the times of the words that were
// said for them: of "twelve dollars" for "$12.". What was said for no word adds to its neighbours; times
// never run backwards. Without `spoken` there is nothing to go by, and nothing comes back.
std::vector<Word> timed_text(std::string_view text, const std::vector<Word>& spoken);

// One or two lines of text (parted by a line break) that are shown at a time.
struct Cue {
  std::chrono::milliseconds start{};
  std::chrono::milliseconds end{};
  std::string text;

  bool operator==(const Cue&) const = default;
};

// Cues of at most two lines of 42 characters and 7 seconds. They end with sentences and at pauses, else
// rather behind punctuation than between words, and so that none is left much shorter than the others. One
// that can be read only in more time than its words take stays until then, or until the next.
std::vector<Cue> make_cues(const std::vector<Word>& words);

std::string to_srt(std::span<const Cue> cues);
std::string to_webvtt(std::span<const Cue> cues);

}  // namespace parley::speech
