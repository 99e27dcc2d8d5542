// SPDX-License-Identifier: Apache-2.0
#include "conversation/endpointing.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace parley::conversation {
namespace {

using Words = std::span<const text::Token>;

// Words after which an English clause practically never ends.
constexpr auto kWantsMore = std::to_array<std::string_view>(
    {"a",       "about", "after", "an",      "and",     "any",   "as",    "at",    "because", "before",
     "between", "but",   "by",    "each",    "every",   "for",   "from",  "her",   "his",     "if",
     "in",      "into",  "its",   "my",      "no",      "of",    "on",    "or",    "our",     "per",
     "so",      "some",  "than",  "that",    "the",     "their", "these", "this",  "those",   "to",
     "uh",      "um",    "until", "when",    "whether", "which", "while", "whose", "with",    "is",
     "very",    "i'm",   "we're", "without", "are",     "was",   "were",  "your"});

// What may stand before a question without being part of it.
constexpr auto kLeadsIn =
    std::to_array<std::string_view>({"so", "and", "but", "ok", "okay", "well", "hey", "hello", "hi", "please",
                                     "parley", "now", "then", "also", "um", "uh"});

// "witch" is how a recogniser may spell the first word of a question.
constexpr auto kAsksFor =
    std::to_array<std::string_view>({"what", "what's", "who", "who's", "whose", "which", "how", "how's",
                                     "where", "where's", "why", "when's", "witch"});

constexpr auto kAuxiliary =
    std::to_array<std::string_view>({"can", "could", "do", "does", "did", "is", "are", "am", "was", "were",
                                     "may", "should", "will", "would", "has", "have", "must"});

constexpr auto kModal = std::to_array<std::string_view>(
    {"can", "could", "do", "does", "did", "may", "should", "will", "would", "must"});

constexpr auto kRequests = std::to_array<std::string_view>({"tell", "show", "give"});

constexpr auto kPronouns = std::to_array<std::string_view>(
    {"i", "we", "you", "they", "he", "she", "it", "one", "there", "me", "us"});

// What follows a verb rather than an auxiliary: "has never been", "are as good".
constexpr auto kNoSubject = std::to_array<std::string_view>(
    {"as", "so", "not", "never", "to", "in", "been", "of", "very", "more", "no"});

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// "what does…", "how long…", "who takes…"; not the clauses that look alike: "why it might", "what he said".
bool opens_with_question_word(Words words) {
  if (words.size() < 2) return false;
  if (words[0].text == "when") return holds(kAuxiliary, words[1].text);
  return holds(kAsksFor, words[0].text) && !holds(kPronouns, words[1].text);
}

// "can I…", "does the shop…", "do employees…"
bool opens_with_auxiliary(Words words) {
  return words.size() >= 2 && holds(kAuxiliary, words[0].text) && !holds(kNoSubject, words[1].text);
}

// "…can I ride": an auxiliary before its subject near the beginning, where the question word was not
// understood; not "you can I think", where it has its subject already. Forms of "to be" and "to have" tell
// too little.
bool inverts_early(Words words) {
  constexpr std::size_t kEarly = 4;
  for (std::size_t i = 0; i + 1 < std::min(words.size(), kEarly); ++i) {
    const bool answered = i > 0 && holds(kPronouns, words[i - 1].text);
    if (holds(kModal, words[i].text) && holds(kPronouns, words[i + 1].text) && !answered) return true;
  }
  return false;
}

// "tell me…", "show us…"
bool requests(Words words) {
  return words.size() >= 2 && holds(kRequests, words[0].text) &&
         (words[1].text == "me" || words[1].text == "us");
}

bool asks(Words words) {
  constexpr std::size_t kMostLeadIn = 2;
  for (std::size_t skipped = 0; skipped < kMostLeadIn && !words.empty() && holds(kLeadsIn, words[0].text);
       ++skipped) {
    words = words.subspan(1);
  }
  if (words.empty()) return false;
  return opens_with_question_word(words) || opens_with_auxiliary(words) || requests(words) ||
         inverts_early(words);
}

}  // namespace

Completeness judge(std::string_view words, const Support& support) {
  constexpr std::size_t kShortest = 3;
  constexpr double kCovered = 0.3;
  const std::vector<text::Token> tokens = text::tokenize(words);
  if (tokens.size() < kShortest) return Completeness::kIncomplete;
  const bool dangling = holds(kWantsMore, tokens.back().text);
  if (asks(tokens)) {
    return support.words >= 1 && !dangling ? Completeness::kComplete : Completeness::kUnsure;
  }
  // One word that the documents also use is chance.
  const bool covered = support.words >= 2 && support.share >= kCovered && !dangling;
  return covered ? Completeness::kUnsure : Completeness::kIncomplete;
}

}  // namespace parley::conversation
