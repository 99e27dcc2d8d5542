// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/token_words.hpp"

#include "speech/asr/readable_text.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace parley::speech {

namespace {

using std::chrono::milliseconds;

constexpr std::string_view kSpaceMark = "\xE2\x96\x81";
constexpr milliseconds kLongestLastToken{400};

bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }

// Chinese, Japanese and Thai are written without spaces: three bytes from U+3040, and U+0E00.
bool stands_alone(std::string_view token) {
  if (token.size() < 3) return false;
  const auto first = static_cast<unsigned char>(token[0]);
  const auto second = static_cast<unsigned char>(token[1]);
  return (first >= 0xE4 && first <= 0xE9) || (first == 0xE3 && second >= 0x81);
}

// Whether a reader would miss nothing: marks, or capitals where not all is in capitals.
bool is_readable(std::string_view text) {
  const bool marks = std::any_of(text.begin(), text.end(),
                                 [](char c) { return c == '.' || c == ',' || c == '?' || c == '!'; });
  const bool beyond_ascii =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  const bool both =
      std::any_of(text.begin(), text.end(), is_upper) && std::any_of(text.begin(), text.end(), is_lower);
  return marks || beyond_ascii || both;
}

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\n\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\n\r") - first + 1));
}

// A word as said; empty when it is only a mark.
std::string bare(std::string_view word) {
  std::string said;
  for (const auto& token : text::tokenize(word)) {
    if (!said.empty()) said += ' ';
    said += token.text;
  }
  return said;
}

std::string joined(const std::vector<Word>& words) {
  std::string text;
  for (const Word& word : words) {
    if (!text.empty()) text += ' ';
    text += word.text;
  }
  return text;
}

}  // namespace

std::vector<Word> words_of_tokens(const std::vector<SpokenToken>& tokens, milliseconds end) {
  std::vector<Word> words;
  milliseconds last{};
  bool begun = false;
  for (const SpokenToken& token : tokens) {
    if (!token.at) return {};
    std::string_view text = token.text;
    bool begins = !begun || stands_alone(text) || (!words.empty() && stands_alone(words.back().text));
    for (const std::string_view mark : {kSpaceMark, std::string_view(" ")}) {
      if (!text.starts_with(mark)) continue;
      text.remove_prefix(mark.size());
      begins = true;
    }
    std::optional<double> confidence;
    if (token.log_probability) confidence = std::exp(std::min(*token.log_probability, 0.0));
    if (begins) {
      if (begun) words.back().end = std::min(*token.at, last + kLongestLastToken);
      words.push_back({{}, *token.at, *token.at, confidence});
      begun = true;
    } else if (confidence && words.back().confidence) {
      words.back().confidence = std::min(*words.back().confidence, *confidence);
    }
    words.back().text += text;
    last = *token.at;
  }
  if (begun) words.back().end = std::max(last, std::min(end, last + kLongestLastToken));
  for (Word& word : words) word.text = bare(word.text);
  std::erase_if(words, [](const Word& word) { return word.text.empty(); });
  return words;
}

std::vector<Word> words_of_text(std::string_view text, milliseconds begin, milliseconds end) {
  std::vector<Word> words;
  std::size_t letters = 0;
  for (auto& token : text::tokenize(text)) {
    letters += token.text.size() + 1;
    words.push_back({std::move(token.text), {}, {}, std::nullopt});
  }
  std::size_t before = 0;
  const auto at = [&](std::size_t count) {
    return begin + (end - begin) * static_cast<std::int64_t>(count) /
                       static_cast<std::int64_t>(std::max<std::size_t>(letters, 1));
  };
  for (Word& word : words) {
    word.start = at(before);
    before += word.text.size() + 1;
    word.end = at(before);
  }
  return words;
}

Transcript transcript_of(std::string_view written, std::vector<Word> words, bool english) {
  Transcript transcript;
  const std::string text = trimmed(written);
  transcript.words = std::move(words);
  transcript.spoken = transcript.words.empty() ? bare(text) : joined(transcript.words);
  transcript.text = english && !is_readable(text) ? readable_text(transcript.spoken) : text;
  const bool known =
      !transcript.words.empty() && std::all_of(transcript.words.begin(), transcript.words.end(),
                                               [](const Word& word) { return word.confidence.has_value(); });
  if (known) {
    double sum = 0;
    for (const Word& word : transcript.words) sum += *word.confidence;
    transcript.confidence = sum / static_cast<double>(transcript.words.size());
  }
  return transcript;
}

}  // namespace parley::speech
