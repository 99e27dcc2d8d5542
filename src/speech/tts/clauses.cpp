// SPDX-License-Identifier: Apache-2.0
#include "speech/tts/clauses.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace parley::speech {
namespace {

using namespace std::chrono_literals;

// Characters. An engine's work before its first sound grows with the clause: Flite takes some 4 ms for each
// second of speech, and a second is about 15 characters.
struct Limits {
  std::size_t shortest_phrase;  // a cut before "and" leaves at least this much in front of it
  std::size_t wanted;
  std::size_t longest;
};
constexpr Limits kFirst{25, 60, 90};
constexpr Limits kLater{50, 150, 150};

enum class Cut { kAnywhere, kPhrase, kComma, kStop };

constexpr std::array<std::string_view, 21> kPhraseWords{
    "after", "and",  "because", "before", "but",   "during", "except", "for",   "from",  "if",     "or",
    "so",    "than", "that",    "unless", "until", "when",   "where",  "which", "while", "without"};

// "$5" is spoken as two words.
bool written_as_one(const text::Speakable& speakable, std::size_t index) {
  return speakable.words[index].source_start == speakable.words[index + 1].source_start;
}

// What a cut between word `index` and the next one would be.
Cut cut_after(const text::Speakable& speakable, std::size_t index) {
  const auto& word = speakable.words[index];
  const char mark = speakable.text[word.end - 1];
  if (mark == ',') return Cut::kComma;
  if (std::string_view(".;:!?").find(mark) != std::string_view::npos) return Cut::kStop;
  const auto& next = speakable.words[index + 1];
  if (written_as_one(speakable, index)) return Cut::kAnywhere;
  const auto text = std::string_view(speakable.text).substr(next.start, next.end - next.start);
  return std::binary_search(kPhraseWords.begin(), kPhraseWords.end(), text) ? Cut::kPhrase : Cut::kAnywhere;
}

std::chrono::milliseconds pause_at(const text::Speakable& speakable, const Clause& clause) {
  const char mark = speakable.text[speakable.words[clause.end - 1].end - 1];
  const bool last = clause.end == speakable.words.size();
  if (mark == ',') return 130ms;
  if (mark == ';' || mark == ':') return 180ms;
  if (last || std::string_view(".!?").find(mark) != std::string_view::npos) return 220ms;
  return cut_after(speakable, clause.end - 1) == Cut::kPhrase ? 30ms : 0ms;
}

// One past the last word of the clause that begins with `first`.
std::size_t end_of_clause(const text::Speakable& speakable, std::size_t first, const Limits& limits) {
  const std::size_t count = speakable.words.size();
  const std::size_t begin = speakable.words[first].start;
  if (speakable.text.size() - begin <= limits.wanted) return count;
  std::size_t stop = 0;    // the last end at punctuation that fits
  std::size_t phrase = 0;  // and before a phrase
  std::size_t end = first + 1;
  for (; end < count; ++end) {
    const std::size_t length = speakable.words[end - 1].end - begin;
    if (end > first + 1 && length > limits.longest) break;
    const bool settled = length > limits.wanted && (stop != 0 || phrase != 0);
    if (settled) break;
    const Cut cut = cut_after(speakable, end - 1);
    if (cut == Cut::kStop || cut == Cut::kComma) stop = end;
    if (cut == Cut::kPhrase && length >= limits.shortest_phrase) phrase = end;
  }
  if (stop != 0) return stop;
  if (phrase != 0) return phrase;
  const bool whole = end == count && speakable.text.size() - begin <= limits.longest;
  if (whole) return count;
  std::size_t cut = std::max(end - 1, first + 1);
  while (cut > first + 1 && written_as_one(speakable, cut - 1)) --cut;
  return cut;
}

}  // namespace

std::vector<Clause> split_clauses(const text::Speakable& speakable) {
  std::vector<Clause> clauses;
  for (std::size_t first = 0; first < speakable.words.size();) {
    Clause clause{first, end_of_clause(speakable, first, clauses.empty() ? kFirst : kLater)};
    clause.pause = pause_at(speakable, clause);
    clauses.push_back(clause);
    first = clause.end;
  }
  return clauses;
}

}  // namespace parley::speech
