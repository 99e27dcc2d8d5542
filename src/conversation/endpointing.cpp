// SPDX-License-Identifier: Apache-2.0
#include "conversation/endpointing.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace parley::conversation {
namespace {

// Words after which an English clause practically never ends.
constexpr auto kWantsMore = std::to_array<std::string_view>(
    {"a",       "about", "after", "an",    "and",     "any",   "as",    "at",    "because", "before",
     "between", "but",   "by",    "each",  "every",   "for",   "from",  "her",   "his",     "if",
     "in",      "into",  "its",   "my",    "no",      "of",    "on",    "or",    "our",     "per",
     "so",      "some",  "than",  "that",  "the",     "their", "these", "this",  "those",   "to",
     "uh",      "um",    "until", "when",  "whether", "which", "while", "whose", "with",    "without",
     "your",    "very",  "i'm",   "we're", "is",      "are",   "was",   "were"});

constexpr auto kOpensQuestion = std::to_array<std::string_view>(
    {"what",   "what's", "when",  "when's", "where", "where's", "who",  "who's",   "whose", "which", "why",
     "how",    "how's",  "can",   "could",  "do",    "does",    "did",  "is",      "are",   "am",    "may",
     "should", "will",   "would", "has",    "have",  "must",    "tell", "explain", "show",  "give"});

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// A question opens with its question word, perhaps after an address or a filler ("so what…", "please tell…").
bool asks(const std::vector<text::Token>& tokens) {
  const std::size_t look = std::min<std::size_t>(tokens.size(), 3);
  for (std::size_t i = 0; i < look; ++i) {
    if (holds(kOpensQuestion, tokens[i].text)) return true;
  }
  return false;
}

}  // namespace

Completeness judge(std::string_view words, double answerable) {
  constexpr std::size_t kShortestQuestion = 3;
  constexpr double kAnswerable = 0.6;
  const std::vector<text::Token> tokens = text::tokenize(words);
  if (tokens.empty()) return Completeness::kUnsure;
  // A question may end in a preposition or a form of "to be" ("what is it made of", "who are you").
  const bool question = asks(tokens) && tokens.size() >= kShortestQuestion;
  if (holds(kWantsMore, tokens.back().text)) return Completeness::kIncomplete;
  if (question) return Completeness::kComplete;
  if (answerable >= kAnswerable && tokens.size() >= kShortestQuestion) return Completeness::kComplete;
  return Completeness::kUnsure;
}

}  // namespace parley::conversation
