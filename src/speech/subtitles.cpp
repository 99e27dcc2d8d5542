// SPDX-License-Identifier: Apache-2.0
#include "speech/subtitles.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include <fmt/format.h>

namespace parley::speech {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLine = 42;  // characters
constexpr milliseconds kPause{800};
constexpr milliseconds kLongest{7000};
constexpr milliseconds kShortest{1000};
constexpr std::size_t kPerSecond = 17;  // characters that are read

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool ends_with_any(std::string_view word, std::initializer_list<std::string_view> endings) {
  while (word.ends_with('"') || word.ends_with(')') || word.ends_with('\'')) word.remove_suffix(1);
  return std::any_of(endings.begin(), endings.end(), [&](auto ending) { return word.ends_with(ending); });
}

bool ends_sentence(std::string_view word) {
  return ends_with_any(word, {".", "!", "?", "…", "。", "！", "？"});
}
bool ends_phrase(std::string_view word) { return ends_with_any(word, {",", ";", ":", "–", "—", "、", "，"}); }

std::vector<std::string_view> split(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kSpace, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kSpace, end);
  }
  return words;
}

// A word as it can be compared: folded, without punctuation.
std::string key_of(std::string_view word) {
  std::string key;
  for (const text::Token& token : text::tokenize(word)) key += token.text;
  return key;
}

std::vector<std::string> keys_of(const std::vector<std::string_view>& words) {
  std::vector<std::string> keys;
  keys.reserve(words.size());
  for (const auto word : words) keys.push_back(key_of(word));
  return keys;
}

struct Pair {
  std::size_t written = 0;
  std::size_t spoken = 0;
};

// The longest common subsequence of both, and behind it the ends.
std::vector<Pair> common_words(const std::vector<std::string>& written,
                               const std::vector<std::string>& spoken) {
  const std::size_t rows = written.size();
  const std::size_t columns = spoken.size();
  std::vector<std::uint32_t> best((rows + 1) * (columns + 1));
  const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& { return best[i * (columns + 1) + j]; };
  const auto same = [&](std::size_t i, std::size_t j) {
    return !written[i].empty() && written[i] == spoken[j];
  };
  for (std::size_t i = rows; i-- > 0;) {
    for (std::size_t j = columns; j-- > 0;) {
      at(i, j) = same(i, j) ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
  }
  std::vector<Pair> pairs;
  for (std::size_t i = 0, j = 0; i < rows && j < columns;) {
    if (same(i, j)) {
      pairs.push_back({i++, j++});
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      ++i;
    } else {
      ++j;
    }
  }
  pairs.push_back({rows, columns});
  return pairs;
}

// Gives `words` the time from `start` to `end`, to each by its length.
void share_time(std::span<Word> words, milliseconds start, milliseconds end) {
  std::size_t total = 0;
  for (const Word& word : words) total += characters(word.text);
  const auto after = [&](std::size_t count) {
    return start + (end - start) * static_cast<std::int64_t>(count) /
                       static_cast<std::int64_t>(std::max<std::size_t>(total, 1));
  };
  std::size_t before = 0;
  for (Word& word : words) {
    word.start = after(before);
    before += characters(word.text);
    word.end = after(before);
  }
}

// A word that is too long for a line (an address, or a script without spaces) becomes several.
std::vector<Word> fitting(const std::vector<Word>& words) {
  std::vector<Word> all;
  for (const Word& word : words) {
    const std::size_t first = all.size();
    std::size_t count = 0;
    for (const char c : word.text) {
      const bool begins = (c & 0xC0) != 0x80;
      if (begins && count++ % kLine == 0) all.push_back({});
      if (all.size() > first) all.back().text += c;
    }
    if (all.size() > first) share_time(std::span(all).subspan(first), word.start, word.end);
  }
  return all;
}

// Lines that hold `words` with a space between two; the fewest and, of these, as even as they can be.
std::string in_lines(std::span<const Word> words) {
  std::vector<std::size_t> upto{0};
  for (const Word& word : words) {
    upto.push_back(upto.back() + characters(word.text) + (upto.size() > 1 ? 1 : 0));
  }
  std::size_t cut = 0;  // words of the first line, if there are two
  if (upto.back() > kLine) {
    std::size_t longest = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::size_t longer = std::max(upto[i], upto.back() - upto[i] - 1);
      if (longer >= longest) continue;
      longest = longer;
      cut = i;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i == cut ? '\n' : ' ';
    text += words[i].text;
  }
  return text;
}

bool fits(std::span<const Word> words) {
  if (words.size() > 1 && words.back().end - words.front().start > kLongest) return false;
  std::size_t lines = 1;
  std::size_t length = 0;
  for (const Word& word : words) {
    const std::size_t size = characters(word.text);
    if (length > 0 && length + 1 + size > kLine) {
      ++lines;
      length = size;
    } else {
      length += size + (length > 0 ? 1 : 0);
    }
  }
  return lines <= 2;
}

// How bad a cue is that need not end where it does: the emptier and the less at a natural place the worse.
double cost_of(std::span<const Word> words, bool last) {
  std::size_t length = words.size() - 1;
  for (const Word& word : words) length += characters(word.text);
  const double empty = 1 - std::min(1.0, static_cast<double>(length) / (2 * kLine));
  const bool natural = last || ends_phrase(words.back().text);
  return 1 + empty * empty + (natural ? 0 : 0.3);
}

// Divides words that belong together where that costs least.
void add_cues(std::span<const Word> words, std::vector<Cue>& cues) {
  std::vector<double> cost(words.size() + 1, std::numeric_limits<double>::max());
  std::vector<std::size_t> from(words.size() + 1);
  cost[0] = 0;
  for (std::size_t end = 1; end <= words.size(); ++end) {
    for (std::size_t begin = end; begin-- > 0;) {
      const auto cue = words.subspan(begin, end - begin);
      if (!fits(cue)) break;
      const double sum = cost[begin] + cost_of(cue, end == words.size());
      if (sum >= cost[end]) continue;
      cost[end] = sum;
      from[end] = begin;
    }
  }
  const auto first = static_cast<std::ptrdiff_t>(cues.size());
  for (std::size_t end = words.size(); end > 0; end = from[end]) {
    const auto cue = words.subspan(from[end], end - from[end]);
    cues.push_back({cue.front().start, cue.back().end, in_lines(cue)});
  }
  std::reverse(cues.begin() + first, cues.end());
}

std::string time_of(milliseconds time, char point) {
  const auto ms = std::max<std::int64_t>(time.count(), 0);
  return fmt::format("{:02}:{:02}:{:02}{}{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, point,
                     ms % 1000);
}

// Only what WebVTT would take for something else.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

std::vector<Word> timed_text(std::string_view text, const std::vector<Word>& spoken) {
  std::vector<Word> timed;
  if (spoken.empty()) return timed;
  const auto written = split(text);
  for (const auto word : written) timed.push_back({std::string(word), {}, {}});
  std::vector<std::string_view> said;
  for (const Word& word : spoken) said.emplace_back(word.text);
  Pair last{0, 0};  // behind what is placed
  for (const Pair& pair : common_words(keys_of(written), keys_of(said))) {
    const auto between = std::span(timed).subspan(last.written, pair.written - last.written);
    if (last.spoken < pair.spoken) {
      share_time(between, spoken[last.spoken].start, spoken[pair.spoken - 1].end);
    } else {
      const milliseconds here = last.spoken > 0 ? spoken[last.spoken - 1].end : spoken.front().start;
      share_time(between, here, here);
    }
    if (pair.written == timed.size()) break;
    timed[pair.written].start = spoken[pair.spoken].start;
    timed[pair.written].end = spoken[pair.spoken].end;
    timed[pair.written].confidence = spoken[pair.spoken].confidence;
    last = {pair.written + 1, pair.spoken + 1};
  }
  return timed;
}

std::vector<Cue> make_cues(const std::vector<Word>& words) {
  const std::vector<Word> all = fitting(words);
  std::vector<Cue> cues;
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin + 1;
    while (end < all.size() && !ends_sentence(all[end - 1].text) &&
           all[end].start - all[end - 1].end < kPause) {
      ++end;
    }
    add_cues(std::span(all).subspan(begin, end - begin), cues);
    begin = end;
  }
  for (std::size_t i = 0; i < cues.size(); ++i) {
    const milliseconds reading(characters(cues[i].text) * 1000 / kPerSecond);
    const milliseconds wanted = cues[i].start + std::max(reading, kShortest);
    const milliseconds room = i + 1 < cues.size() ? cues[i + 1].start : wanted;
    cues[i].end = std::max(cues[i].end, std::min(wanted, room));
  }
  return cues;
}

std::string to_srt(std::span<const Cue> cues) {
  std::string out;
  for (std::size_t i = 0; i < cues.size(); ++i) {
    out += fmt::format("{}\n{} --> {}\n{}\n\n", i + 1, time_of(cues[i].start, ','), time_of(cues[i].end, ','),
                       cues[i].text);
  }
  return out;
}

std::string to_webvtt(std::span<const Cue> cues) {
  std::string out = "WEBVTT\n\n";
  for (const Cue& cue : cues) {
    out +=
        fmt::format("{} --> {}\n{}\n\n", time_of(cue.start, '.'), time_of(cue.end, '.'), escaped(cue.text));
  }
  return out;
}

}  // namespace parley::speech
