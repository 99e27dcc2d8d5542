// SPDX-License-Identifier: Apache-2.0
#include "text/sentences.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>
#include <string>

#include <unicode/brkiter.h>
#include <unicode/utext.h>

namespace parley::text {

namespace {

// Before a name or another word, whatever its case.
constexpr auto kAbbreviations = std::to_array<std::string_view>({
    "approx", "apt", "ave", "capt", "cf",     "col", "corp", "dept", "dr", "e.g", "eg",
    "est",    "etc", "ext", "fig",  "gen",    "gov", "hon",  "i.e",  "ie", "inc", "incl",
    "jr",     "lt",  "ltd", "max",  "messrs", "min", "mr",   "mrs",  "ms", "mt",  "prof",
    "rep",    "rev", "sen", "sgt",  "sr",     "st",  "tel",  "viz",  "vs",
});
static_assert(std::ranges::is_sorted(kAbbreviations));

// Only before a number: "No. 5", but "The answer is no. Ask again."
constexpr auto kBeforeNumbers = std::to_array<std::string_view>(
    {"apr", "art", "aug", "ch", "dec",  "feb", "figs", "jan", "jul",  "jun", "mar", "no",
     "nos", "nov", "oct", "p",  "para", "pp",  "sec",  "sep", "sept", "v",   "vol"});

// These may close a sentence, so that they join only what goes on in lower case: which ICU does already.
constexpr auto kMayEnd =
    std::to_array<std::string_view>({"approx", "co", "corp", "etc", "inc", "jr", "ltd", "max", "min", "sr"});

constexpr std::size_t kWrappedLineBytes = 60;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

Span trim(std::string_view text, Span span) {
  while (span.start < span.end && is_space(text[span.start])) ++span.start;
  while (span.end > span.start && is_space(text[span.end - 1])) --span.end;
  return span;
}

// Bytes of "- ", "12. ", "## ", "> ", "[x] " at the start of a trimmed line; several may follow each other.
std::size_t marker_length(std::string_view line) {
  std::size_t at = 0;
  for (;;) {
    const std::string_view rest = line.substr(at);
    std::size_t size = 0;
    if (rest.starts_with("- ") || rest.starts_with("* ") || rest.starts_with("+ ") ||
        rest.starts_with("> ")) {
      size = 1;
    } else if (rest.starts_with("• ") || rest.starts_with("– ")) {
      size = rest.find(' ');
    } else if (rest.starts_with("[ ] ") || rest.starts_with("[x] ") || rest.starts_with("[X] ")) {
      size = 3;
    } else if (rest.starts_with('#')) {
      const std::size_t level = std::min(rest.find_first_not_of('#'), rest.size());
      if (level <= 6 && level < rest.size() && rest[level] == ' ') size = level;
    } else {
      std::size_t digits = 0;
      while (digits < rest.size() && is_digit(rest[digits])) ++digits;
      const bool numbered = digits > 0 && digits <= 3 && digits + 1 < rest.size() &&
                            (rest[digits] == '.' || rest[digits] == ')') && rest[digits + 1] == ' ';
      if (numbered) size = digits + 1;
    }
    if (size == 0) return at;
    at += size;
    while (at < line.size() && is_space(line[at])) ++at;
  }
}

// "---", "***", "| --- | --- |": marks without words.
bool is_rule(std::string_view line) {
  return line.find_first_not_of("-=*_|:#+ \t") == std::string_view::npos;
}

// The pieces of text between line breaks that end a sentence.
std::vector<Span> blocks_of(std::string_view text) {
  std::vector<Span> blocks;
  bool open = false;  // the last block may go on in the next line
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t newline = std::min(text.find('\n', start), text.size());
    const Span line = trim(text, {start, newline});
    start = newline + 1;
    const std::string_view content = text.substr(line.start, line.end - line.start);
    if (content.empty() || is_rule(content)) {
      open = false;
      continue;
    }
    const std::size_t marker = marker_length(content);
    if (open && marker == 0 && is_lower(content.front())) {
      blocks.back().end = line.end;
    } else if (marker < content.size()) {
      blocks.push_back({line.start + marker, line.end});
    }
    const char last = content.back();
    const bool closed =
        last == '.' || last == '!' || last == '?' || last == ':' || last == ';' || last == '|';
    open = content.size() >= kWrappedLineBytes && !closed && !content.starts_with('#');
  }
  return blocks;
}

icu::BreakIterator& sentence_iterator() {
  thread_local const std::unique_ptr<icu::BreakIterator> iterator = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createSentenceInstance(icu::Locale::getEnglish(), status));
    if (U_FAILURE(status))
      throw std::runtime_error(std::string("ICU sentence breaks: ") + u_errorName(status));
    return made;
  }();
  return *iterator;
}

// The lower-cased word before the full stop that ends `sentence`; empty when it ends otherwise.
std::string last_word(std::string_view sentence) {
  if (!sentence.ends_with('.')) return {};
  sentence.remove_suffix(1);
  std::size_t from = sentence.size();
  while (from > 0 &&
         (is_lower(sentence[from - 1]) || is_upper(sentence[from - 1]) || sentence[from - 1] == '.')) {
    --from;
  }
  std::string word(sentence.substr(from));
  for (char& c : word) {
    if (is_upper(c)) c = static_cast<char>(c + ('a' - 'A'));
  }
  return word;
}

// Whether ICU's break between the two is none: an abbreviation or an initial stands before it.
bool joins(std::string_view sentence, std::string_view next) {
  const std::string word = last_word(sentence);
  if (word.empty() || next.empty()) return false;
  if (std::ranges::find(kBeforeNumbers, word) != kBeforeNumbers.end()) return is_digit(next.front());
  if (std::ranges::find(kMayEnd, word) != kMayEnd.end())
    return is_lower(next.front()) || is_digit(next.front());
  if (std::ranges::binary_search(kAbbreviations, word)) return true;
  // An initial: "J. Smith", but not "vitamin C." and "plan B.", which only a following name could tell apart.
  const bool initial = word.size() == 1 && is_upper(sentence[sentence.size() - 2]);
  const bool starts = sentence.size() == 2;
  const bool after_name = sentence.size() > 3 && sentence[sentence.size() - 3] == ' ' &&
                          (sentence[sentence.size() - 4] == '.' || starts);
  return initial && (starts || after_name);
}

void split_block(std::string_view text, Span block, std::vector<Span>& out) {
  const std::string_view content = text.substr(block.start, block.end - block.start);
  UErrorCode status = U_ZERO_ERROR;
  UText source = UTEXT_INITIALIZER;
  // ICU ends a sentence at every line break; here they only wrap.
  std::string unwrapped(content);
  std::ranges::replace(unwrapped, '\n', ' ');
  std::ranges::replace(unwrapped, '\r', ' ');
  utext_openUTF8(&source, unwrapped.data(), static_cast<std::int64_t>(unwrapped.size()), &status);
  icu::BreakIterator& sentences = sentence_iterator();
  sentences.setText(&source, status);
  if (U_FAILURE(status)) throw std::runtime_error(std::string("ICU sentence breaks: ") + u_errorName(status));
  bool join = false;
  auto start = static_cast<std::size_t>(sentences.first());
  for (std::int32_t end = sentences.next(); end != icu::BreakIterator::DONE; end = sentences.next()) {
    const Span span = trim(content, {start, static_cast<std::size_t>(end)});
    start = static_cast<std::size_t>(end);
    if (span.start == span.end) continue;
    if (join) {
      out.back().end = block.start + span.end;
    } else {
      out.push_back({block.start + span.start, block.start + span.end});
    }
    const std::string_view so_far = text.substr(out.back().start, out.back().end - out.back().start);
    const Span rest = trim(content, {start, content.size()});
    join = joins(so_far, content.substr(rest.start, rest.end - rest.start));
  }
  utext_close(&source);
}

}  // namespace

std::vector<Span> split_sentences(std::string_view utf8) {
  std::vector<Span> sentences;
  for (const Span& block : blocks_of(utf8)) split_block(utf8, block, sentences);
  return sentences;
}

}  // namespace parley::text
