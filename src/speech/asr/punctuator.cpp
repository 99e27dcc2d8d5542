// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/punctuator.hpp"

#include "speech/asr/readable_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

namespace parley::speech {

namespace {

constexpr std::string_view kMarks = ",.?!";
// What Chinese marks are in a text of Latin letters.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kChineseMarks{{
    {"\xEF\xBC\x8C", ","},
    {"\xE3\x80\x82", "."},
    {"\xEF\xBC\x9F", "?"},
    {"\xEF\xBC\x81", "!"},
    {"\xE3\x80\x81", ","},
}};
// Alignment costs the square of it.
constexpr std::size_t kLongestSentence = 1000;

bool ends_sentence(char mark) { return mark == '.' || mark == '?' || mark == '!'; }

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return made;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(' ', at), text.size());
    if (end > at) words.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

// "you，i" becomes "you, i".
std::string with_latin_marks(std::string text) {
  for (const auto& [chinese, latin] : kChineseMarks) {
    for (auto at = text.find(chinese); at != std::string::npos; at = text.find(chinese, at)) {
      text.replace(at, chinese.size(), std::string(latin) + ' ');
    }
  }
  return text;
}

// A word as a network or a rule wrote it, apart from the mark behind it.
struct Written {
  std::string word;
  char mark = 0;

  explicit Written(std::string text) : word(std::move(text)) {
    if (word.size() < 2 || kMarks.find(word.back()) == std::string_view::npos) return;
    mark = word.back();
    word.pop_back();
  }
};

std::vector<Written> written_words(std::string_view text) {
  std::vector<Written> words;
  for (auto& word : split(text)) words.emplace_back(std::move(word));
  return words;
}

bool same_words(const std::vector<Written>& written, const std::vector<std::string>& said) {
  return std::equal(written.begin(), written.end(), said.begin(), said.end(),
                    [](const Written& word, const std::string& bare) { return lower(word.word) == bare; });
}

// For each word of the rules the word of the network that it is; rules write several words as one ("$5").
std::vector<std::optional<std::size_t>> aligned(const std::vector<Written>& rules,
                                                std::span<const Written> network) {
  const std::size_t columns = network.size() + 1;
  std::vector<std::size_t> longest((rules.size() + 1) * columns);  // common part of what is behind
  std::vector<bool> same(rules.size() * network.size());
  for (std::size_t r = rules.size(); r-- > 0;) {
    for (std::size_t n = network.size(); n-- > 0;) {
      same[r * network.size() + n] = lower(rules[r].word) == lower(network[n].word);
      const std::size_t skipped = std::max(longest[(r + 1) * columns + n], longest[r * columns + n + 1]);
      longest[r * columns + n] =
          same[r * network.size() + n] ? longest[(r + 1) * columns + n + 1] + 1 : skipped;
    }
  }
  std::vector<std::optional<std::size_t>> found(rules.size());
  for (std::size_t r = 0, n = 0; r < rules.size() && n < network.size();) {
    if (same[r * network.size() + n]) {
      found[r++] = n++;
    } else if (longest[(r + 1) * columns + n] >= longest[r * columns + n + 1]) {
      ++r;
    } else {
      ++n;
    }
  }
  return found;
}

// One sentence: as the rules write it, with the capitals and marks of the network.
std::string merged(std::span<const Written> network) {
  std::string said;
  for (const Written& word : network) said += (said.empty() ? "" : " ") + lower(word.word);
  std::vector<Written> rules = written_words(readable_text(said));
  if (rules.empty()) return {};
  const auto places = aligned(rules, network);
  for (std::size_t r = 0; r < rules.size(); ++r) {
    const bool last = r + 1 == rules.size();
    if (places[r]) {
      const std::string& known = network[*places[r]].word;
      if (lower(rules[r].word) == rules[r].word) rules[r].word = known;
    }
    // The words before the next one that both have belong to this one.
    std::optional<std::size_t> end;
    if (last) end = network.size() - 1;
    if (!last && places[r + 1] && *places[r + 1] > 0) end = *places[r + 1] - 1;
    if (!last && !end && places[r]) end = places[r];
    const char mark = end ? network[*end].mark : '\0';
    const bool stands = last ? !ends_sentence(mark) : mark == 0 || rules[r].mark != 0;
    if (stands) continue;
    // "a.m." keeps its own full stop before another mark, and needs no second one.
    const bool abbreviation = rules[r].mark == '.' && rules[r].word.find('.') != std::string::npos;
    if (abbreviation && mark != '.') rules[r].word += '.';
    rules[r].mark = mark;
  }
  std::string text;
  for (const Written& word : rules) {
    if (!text.empty()) text += ' ';
    text += word.word;
    if (word.mark != 0) text += word.mark;
  }
  return text;
}

void punctuate_english(Transcript& transcript, const Punctuator& punctuator) {
  if (transcript.text != readable_text(transcript.spoken)) return;
  const auto marked = punctuator.punctuate(transcript.spoken);
  if (!marked) return;
  const auto words = written_words(with_latin_marks(*marked));
  if (!same_words(words, split(transcript.spoken))) return;
  std::string text;
  for (std::size_t begin = 0, at = 0; at < words.size(); ++at) {
    const bool ends = ends_sentence(words[at].mark) || at + 1 == words.size();
    if (!ends && at + 1 - begin < kLongestSentence) continue;
    if (!text.empty()) text += ' ';
    text += merged(std::span(words).subspan(begin, at + 1 - begin));
    begin = at + 1;
  }
  transcript.text = std::move(text);
}

// The letters without marks and spaces, in lower case, and where the marks stand between them.
struct Letters {
  std::string letters;
  std::set<std::pair<std::size_t, char>> marks;

  explicit Letters(std::string_view text) {
    for (const char c : lower(with_latin_marks(std::string(text)))) {
      if (kMarks.find(c) != std::string_view::npos) {
        marks.emplace(letters.size(), c);
      } else if (c != ' ') {
        letters += c;
      }
    }
  }
};

bool has_marks(const std::string& text) {
  return with_latin_marks(text).find_first_of(kMarks) != std::string::npos;
}

}  // namespace

void punctuate(Transcript& transcript, const Punctuator& punctuator, std::string_view language) {
  if (transcript.spoken.empty()) return;
  if (language == "en") {
    punctuate_english(transcript, punctuator);
    return;
  }
  const std::string letters = Letters(transcript.text).letters;
  if (letters.empty() || has_marks(transcript.text)) return;
  auto marked = punctuator.punctuate(transcript.text);
  if (marked && Letters(*marked).letters == letters) transcript.text = std::move(*marked);
}

std::string without_marks(std::string_view sentence) {
  std::string words = lower(with_latin_marks(std::string(sentence)));
  std::erase_if(words, [](char c) { return kMarks.find(c) != std::string_view::npos; });
  return words;
}

double marks_right(std::string_view sentence, std::string_view marked) {
  const auto wanted = Letters(sentence).marks;
  const auto found = Letters(marked).marks;
  const auto right =
      std::count_if(wanted.begin(), wanted.end(), [&](const auto& mark) { return found.contains(mark); });
  return wanted.empty() ? 1 : static_cast<double>(right) / static_cast<double>(wanted.size());
}

}  // namespace parley::speech
