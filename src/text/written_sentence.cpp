// SPDX-License-Identifier: Apache-2.0
#include "text/written_sentence.hpp"

namespace parley::text {
namespace {

constexpr auto kSubjects =
    word_set({"i", "you", "he", "she", "it", "we", "they", "there", "this", "that", "these", "those",
              "anyone", "anybody", "somebody", "someone", "everyone", "everybody"});
constexpr auto kDeterminers =
    word_set({"the", "a",    "an",  "my",   "your", "his",  "her",   "its",    "our",  "their",
              "any", "some", "all", "both", "no",   "each", "every", "people", "most", "many"});
constexpr auto kAuxiliaries = word_set(
    {"is",    "are",      "was",   "were",     "am",        "do",      "does",    "did",     "can",
     "could", "will",     "would", "shall",    "should",    "has",     "have",    "had",     "may",
     "might", "must",     "isn't", "aren't",   "wasn't",    "weren't", "don't",   "doesn't", "didn't",
     "can't", "couldn't", "won't", "wouldn't", "shouldn't", "hasn't",  "haven't", "hadn't",  "ain't"});
constexpr auto kAlways = word_set(
    {"is",    "are",      "was",    "were",     "am",        "does",   "did",     "can",     "could",
     "would", "shall",    "should", "isn't",    "aren't",    "wasn't", "weren't", "doesn't", "didn't",
     "can't", "couldn't", "won't",  "wouldn't", "shouldn't", "hasn't", "haven't", "hadn't",  "has"});
constexpr auto kContractions =
    word_set({"what's", "who's", "where's", "how's", "when's", "why's", "what're", "who're", "where're",
              "what'll", "who'll", "how'd", "where'd", "what'd", "who'd"});
constexpr auto kWhWords = word_set({"who", "what", "where", "when", "why", "which", "how", "whose", "whom"});
constexpr auto kLeading =
    word_set({"and",  "but", "so",      "well",  "okay",     "ok",     "or", "um",     "uh",
              "hey",  "hi",  "hello",   "yes",   "no",       "yeah",   "oh", "please", "sorry",
              "then", "now", "alright", "right", "actually", "excuse", "me", "thanks"});
constexpr auto kPrepositions = word_set({"at", "in", "on", "for", "to", "from", "by", "with", "of", "about",
                                         "since", "until", "under", "over", "after", "before", "during"});

bool is_subject(std::string_view word) { return kSubjects.contains(word) || kDeterminers.contains(word); }

// Behind a word such as "what": does the clause ask?
bool asks(const SaidWords& said, std::size_t index) {
  const auto word = said[index];
  const auto next = said[index + 1];
  if (next.empty()) return true;
  if (word == "why" || word == "whose" || word == "whom") return true;
  if (word == "how") return next != "nice" && next != "lovely" && next != "wonderful" && next != "awful";
  if (kAuxiliaries.contains(next)) {
    // "what is said here stays here" is rare; "when can be said" does not happen.
    return true;
  }
  if (word == "who") return !kSubjects.contains(next);
  if (word == "which") return true;
  if (word == "what") {
    if (next == "a" || next == "an") return false;  // "what a day"
    // "what i need is a key", "what the manual says"
    return !is_subject(next);
  }
  return false;  // "when i was young", "where the road ends"
}

// "isn't it", "don't you", "will you" behind a statement.
bool has_tag(const SaidWords& said) {
  static constexpr auto kTagSubjects = word_set({"i", "you", "he", "she", "it", "we", "they", "there"});
  const std::size_t count = said.size();
  if (count < 4 || !kTagSubjects.contains(said[count - 1])) return false;
  const auto auxiliary = said[count - 2];
  return auxiliary.ends_with("n't") && kAuxiliaries.contains(auxiliary);
}

// Where the sentence proper begins, after "and", "okay", "excuse me".
std::size_t beginning(const SaidWords& said) {
  std::size_t at = 0;
  while (at + 1 < said.size() && kLeading.contains(said[at])) {
    const bool no_one = said[at] == "no" && (said[at + 1] == "one" || !is_subject(said[at + 1]));
    const bool pleads = said[at] == "me" && at == 0;
    if (no_one || pleads) break;
    ++at;
  }
  if (said[at] == "good" &&
      (said[at + 1] == "morning" || said[at + 1] == "evening" || said[at + 1] == "afternoon")) {
    at += 2;
  }
  return at;
}

bool is_inverted(const SaidWords& said, std::size_t at) {
  const auto word = said[at];
  const auto next = said[at + 1];
  if (kAlways.contains(word)) return !next.empty();
  if (word == "will") return is_subject(next) || !kAuxiliaries.contains(next);
  if (word == "do") {
    if (next == "your") return said[at + 2] != "homework" && said[at + 2] != "best" && said[at + 2] != "job";
    return is_subject(next) && next != "it" && next != "this" && next != "that" && next != "the" &&
           next != "some" && next != "a" && next != "no";
  }
  if (word == "have") {
    return kSubjects.contains(next) || next == "the" || next == "my" || next == "your" || next == "our" ||
           next == "all";
  }
  if (word == "had") return kSubjects.contains(next);
  if (word == "may" || word == "might" || word == "must" || word == "don't") return kSubjects.contains(next);
  return false;
}

}  // namespace

bool is_question(const SaidWords& said) {
  if (said.size() == 0) return false;
  if (has_tag(said)) return true;
  const std::size_t at = beginning(said);
  if (kContractions.contains(said[at])) return true;
  if (kWhWords.contains(said[at])) return asks(said, at);
  if (kPrepositions.contains(said[at]) && kWhWords.contains(said[at + 1])) {
    const auto word = said[at + 1];
    return word == "which" || word == "what" || word == "whom" || word == "whose" || word == "how" ||
           (said[at] == "since" && word == "when") || (said[at] == "from" && word == "where");
  }
  return is_inverted(said, at);
}

bool wants_comma(const SaidWords& said, std::size_t index) {
  const auto word = said[index];
  const auto next = said[index + 1];
  if (next.empty()) return false;
  const std::size_t count = said.size();
  if (next == "please" && index + 2 == count) return true;
  if (index + 3 == count && has_tag(said)) return true;
  static constexpr auto kOpeners = word_set({"yes", "yeah", "okay", "ok", "hello", "hi", "hey", "well",
                                             "sorry", "thanks", "morning", "evening", "afternoon"});
  static constexpr auto kStarts = word_set(
      {"i",     "i'm",  "i'll",   "i've",    "i'd",   "you",   "he",     "she",   "it",     "it's", "we",
       "we're", "they", "that's", "there's", "there", "let's", "please", "thank", "thanks", "this"});
  const bool starts = kStarts.contains(next) || kWhWords.contains(next) || kContractions.contains(next) ||
                      kAuxiliaries.contains(next);
  const bool greeting = index == 1 && said[0] == "good";
  if (index == 0 || greeting) {
    if (word == "no")
      return next == "thanks" || next == "thank" || next == "sorry" || (starts && next != "there");
    if (word == "well" && kAuxiliaries.contains(next)) return false;
    return kOpeners.contains(word) && starts;
  }
  return index == 1 && said[0] == "excuse" && word == "me" && starts;
}

}  // namespace parley::text
