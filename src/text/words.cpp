// SPDX-License-Identifier: Apache-2.0
#include "text/words.hpp"

#include "text/numbers.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

#include <libstemmer.h>
#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

namespace parley::text {

namespace {

// Sorted, for binary search.
constexpr auto kStopWords = std::to_array<std::string_view>({
    "a",        "about",   "above",      "actually", "after",  "again",     "ah",       "all",
    "also",     "am",      "an",         "and",      "any",    "anything",  "are",      "aren't",
    "as",       "at",      "be",         "because",  "been",   "before",    "being",    "below",
    "between",  "both",    "but",        "by",       "can",    "can't",     "cannot",   "could",
    "couldn't", "did",     "didn't",     "do",       "does",   "doesn't",   "doing",    "don't",
    "down",     "during",  "each",       "eg",       "else",   "er",        "few",      "for",
    "from",     "further", "get",        "gets",     "give",   "given",     "go",       "goes",
    "going",    "got",     "had",        "hadn't",   "happen", "happens",   "has",      "hasn't",
    "have",     "haven't", "having",     "he",       "he's",   "hello",     "her",      "here",
    "here's",   "hers",    "herself",    "hey",      "hi",     "him",       "himself",  "his",
    "how",      "how's",   "i",          "i'd",      "i'll",   "i'm",       "i've",     "ie",
    "if",       "in",      "into",       "is",       "isn't",  "it",        "it'd",     "it'll",
    "it's",     "its",     "itself",     "just",     "know",   "let",       "let's",    "like",
    "many",     "may",     "me",         "might",    "more",   "most",      "much",     "must",
    "mustn't",  "my",      "myself",     "need",     "no",     "nor",       "not",      "now",
    "o'clock",  "of",      "off",        "oh",       "okay",   "on",        "once",     "only",
    "or",       "other",   "ought",      "our",      "ours",   "ourselves", "out",      "over",
    "own",      "please",  "really",     "s",        "same",   "shall",     "shan't",   "she",
    "she's",    "should",  "shouldn't",  "so",       "some",   "something", "such",     "t",
    "tell",     "than",    "thank",      "thanks",   "that",   "that's",    "the",      "their",
    "theirs",   "them",    "themselves", "then",     "there",  "there's",   "these",    "they",
    "they'd",   "they'll", "they're",    "they've",  "this",   "those",     "through",  "to",
    "too",      "uh",      "um",         "under",    "until",  "up",        "us",       "very",
    "was",      "wasn't",  "we",         "we'd",     "we'll",  "we're",     "we've",    "well",
    "were",     "weren't", "what",       "what're",  "what's", "when",      "when's",   "where",
    "where's",  "which",   "while",      "who",      "who's",  "whom",      "whose",    "why",
    "why's",    "will",    "with",       "won't",    "would",  "wouldn't",  "yes",      "you",
    "you'd",    "you'll",  "you're",     "you've",   "your",   "yours",     "yourself", "yourselves",
});
static_assert(std::ranges::is_sorted(kStopWords));

bool is_ascii(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void check(UErrorCode status, const char* what) {
  if (U_FAILURE(status)) throw std::runtime_error(std::string(what) + ": " + u_errorName(status));
}

// Break iterators and stemmers are not thread-safe and dear to make, so that each thread keeps its own.
icu::BreakIterator& word_iterator() {
  thread_local const std::unique_ptr<icu::BreakIterator> iterator = [] {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<icu::BreakIterator> made(
        icu::BreakIterator::createWordInstance(icu::Locale::getEnglish(), status));
    check(status, "ICU word breaks");
    return made;
  }();
  return *iterator;
}

sb_stemmer* english_stemmer() {
  struct Delete {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
  };
  thread_local const std::unique_ptr<sb_stemmer, Delete> stemmer(sb_stemmer_new("english", "UTF_8"));
  if (!stemmer) throw std::runtime_error("Snowball has no English stemmer");
  return stemmer.get();
}

// Typographic apostrophes as ASCII. U+02BC and U+2019 are what texts hold in "don't".
std::string unify_apostrophes(std::string text) {
  static constexpr std::array<std::string_view, 5> kApostrophes = {"\u2019", "\u2018", "\u02bc", "\u02b9",
                                                                   "\u0060"};
  for (const std::string_view apostrophe : kApostrophes) {
    for (std::size_t at = text.find(apostrophe); at != std::string::npos;
         at = text.find(apostrophe, at + 1)) {
      text.replace(at, apostrophe.size(), "'");
    }
  }
  return text;
}

}  // namespace

bool is_valid_utf8(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto size = static_cast<std::int64_t>(bytes.size());
  for (std::int64_t i = 0; i < size;) {
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c < 0) return false;
  }
  return true;
}

std::string to_valid_utf8(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return std::string(bytes);
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto size = static_cast<std::int64_t>(bytes.size());
  std::string out;
  out.reserve(bytes.size());
  for (std::int64_t i = 0; i < size;) {
    const std::int64_t from = i;
    UChar32 c = 0;
    U8_NEXT(data, i, size, c);
    if (c < 0) {
      out += "\ufffd";
    } else {
      out.append(bytes.substr(static_cast<std::size_t>(from), static_cast<std::size_t>(i - from)));
    }
  }
  return out;
}

std::string fold(std::string_view utf8) {
  if (is_ascii(utf8)) {
    std::string out(utf8);
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
      if (c == '`') c = '\'';
    }
    return out;
  }
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  check(status, "ICU normalisation");
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  const std::string valid = to_valid_utf8(utf8);
  normalizer->normalizeUTF8(0, icu::StringPiece(valid.data(), static_cast<std::int32_t>(valid.size())), sink,
                            nullptr, status);
  check(status, "ICU normalisation");
  return unify_apostrophes(std::move(out));
}

std::vector<Token> tokenize(std::string_view utf8) {
  std::vector<Token> tokens;
  if (utf8.empty()) return tokens;
  UErrorCode status = U_ZERO_ERROR;
  UText source = UTEXT_INITIALIZER;
  utext_openUTF8(&source, utf8.data(), static_cast<std::int64_t>(utf8.size()), &status);
  icu::BreakIterator& words = word_iterator();
  words.setText(&source, status);
  check(status, "ICU word breaks");
  std::int32_t start = words.first();
  for (std::int32_t end = words.next(); end != icu::BreakIterator::DONE; start = end, end = words.next()) {
    if (words.getRuleStatus() < UBRK_WORD_NONE_LIMIT) continue;
    const auto from = static_cast<std::size_t>(start);
    const auto to = static_cast<std::size_t>(end);
    std::string folded = fold(utf8.substr(from, to - from));
    if (!folded.empty()) tokens.push_back({std::move(folded), from, to});
  }
  utext_close(&source);
  return tokens;
}

bool is_stop_word(std::string_view folded) { return std::ranges::binary_search(kStopWords, folded); }

std::string stem(std::string_view folded) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '\''; };
  if (!std::ranges::all_of(folded, letter)) return std::string(folded);
  sb_stemmer* stemmer = english_stemmer();
  const sb_symbol* out = sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(folded.data()),
                                         static_cast<int>(folded.size()));
  return {reinterpret_cast<const char*>(out), static_cast<std::size_t>(sb_stemmer_length(stemmer))};
}

std::vector<std::string> content_stems(std::string_view text) {
  std::vector<std::string> stems;
  for (const Token& token : canonical_tokens(text)) {
    if (is_stop_word(token.text)) continue;
    std::string stemmed = stem(token.text);
    if (!stemmed.empty()) stems.push_back(std::move(stemmed));
  }
  return stems;
}

}  // namespace parley::text
