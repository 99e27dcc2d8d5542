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

// Words after which hardly any English clause ends.
constexpr auto kWantsMore = std::to_array<std::string_view>(
    {"about", "after", "any", "as", "at",    "before", "between", "by",   "for",  "from",    "her",   "his",
     "in",    "into",  "is",  "no", "of",    "on",     "per",     "so",   "some", "that",    "these", "this",
     "those", "to",    "uh",  "um", "until", "was",    "were",    "when", "with", "without", "been",  "are"});

// And those after which none does.
constexpr auto kNeverLast = std::to_array<std::string_view>(
    {"a",      "an",       "the",   "my",     "your",    "our",     "their", "its",     "every",
     "each",   "and",      "or",    "but",    "if",      "because", "than",  "whether", "while",
     "unless", "although", "which", "whose",  "very",    "i",       "we",    "they",    "he",
     "she",    "i'm",      "i've",  "i'd",    "i'll",    "we're",   "we've", "we'd",    "we'll",
     "you're", "you've",   "you'd", "you'll", "they're", "they've", "he's",  "she's",   "does",
     "must",   "should",   "would", "could",  "will",    "may",     "can",   "am"});

// Of the first, those after which a question ends only when it began with what they belong to: "which bike
// do you recommend for", not "should i lock it with". After "in" and "on" it may end anyway: "with the motor
// on".
constexpr auto kPrepositions =
    std::to_array<std::string_view>({"about", "after", "as", "at", "before", "between", "by", "for", "from",
                                     "into", "of", "per", "to", "until", "with", "without"});

// What begins a clause within a sentence.
constexpr auto kConjunctions = std::to_array<std::string_view>(
    {"because", "if", "since", "that", "unless", "until", "when", "whether", "while", "why"});

constexpr auto kDeterminers =
    std::to_array<std::string_view>({"a", "an", "the", "my", "your", "our", "their", "his", "her", "its",
                                     "this", "that", "these", "those", "any", "some", "every", "each"});

// Digits come in groups, and people think between them; a question may end with one.
constexpr auto kNumbers = std::to_array<std::string_view>(
    {"zero",      "oh",       "one",      "two",      "three",  "four",     "five",     "six",     "seven",
     "eight",     "nine",     "ten",      "eleven",   "twelve", "thirteen", "fourteen", "fifteen", "sixteen",
     "seventeen", "eighteen", "nineteen", "twenty",   "thirty", "forty",    "fifty",    "sixty",   "seventy",
     "eighty",    "ninety",   "hundred",  "thousand", "double", "triple",   "plus",     "point",   "dash"});

// What may stand before a question without being part of it.
constexpr auto kLeadsIn =
    std::to_array<std::string_view>({"so", "and", "but", "ok", "okay", "well", "hey", "hello", "hi", "please",
                                     "parley", "now", "then", "also", "um", "uh"});

// "witch" is how a recogniser may spell the first word of a question.
constexpr auto kAsksFor =
    std::to_array<std::string_view>({"what", "what's", "who", "who's", "whose", "which", "how", "how's",
                                     "where", "where's", "why", "when's", "witch"});

// "on which day", "for how long": what may stand before a question word.
constexpr auto kBeforeQuestionWord =
    std::to_array<std::string_view>({"on", "in", "at", "for", "to", "by", "from", "with", "after", "before",
                                     "within", "until", "since", "of", "under", "about"});

constexpr auto kAuxiliary =
    std::to_array<std::string_view>({"can", "could", "do", "does", "did", "is", "are", "am", "was", "were",
                                     "may", "should", "will", "would", "has", "have", "must"});

constexpr auto kModal = std::to_array<std::string_view>(
    {"can", "could", "do", "does", "did", "may", "should", "will", "would", "must"});

// What "how" stands before: "how much", and also "i'm much" or "and many", which is how it may be heard.
constexpr auto kDegrees =
    std::to_array<std::string_view>({"much", "many", "long", "often", "far", "old", "soon", "fast", "late",
                                     "early", "big", "heavy", "quickly"});

constexpr auto kRequests = std::to_array<std::string_view>({"tell", "show", "give"});

constexpr auto kPronouns = std::to_array<std::string_view>(
    {"i", "we", "you", "they", "he", "she", "it", "one", "there", "me", "us"});

// What follows a verb rather than an auxiliary: "has never been", "are as good".
constexpr auto kNoSubject = std::to_array<std::string_view>(
    {"as", "so", "not", "never", "to", "in", "been", "of", "very", "more", "no"});

// Verbs that say what is done to something, which comes next unless the question begins with it.
constexpr auto kNeedsObject = std::to_array<std::string_view>(
    {"have", "get", "need", "take", "bring", "keep", "give", "put", "find", "make", "use", "want", "buy",
     "claim", "lose", "send", "taking", "getting", "using"});

template <std::size_t N>
bool holds(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool holds_auxiliary(Words words) {
  return std::any_of(words.begin(), words.end(),
                     [](const text::Token& word) { return holds(kAuxiliary, word.text); });
}

// "what does…", "how long…", "who takes…"; not the clauses that look alike: "why it might", "what he said".
bool opens_with_question_word(Words words) {
  if (words.size() < 2) return false;
  if (words[0].text == "when") return holds(kAuxiliary, words[1].text);
  return holds(kAsksFor, words[0].text) && !holds(kPronouns, words[1].text);
}

// "on which day do we…"; not the clause "in what he said", nor "…to which they added", which has a pronoun
// without an auxiliary before it.
bool opens_with_preposition(Words words) {
  if (words.size() < 4 || !holds(kBeforeQuestionWord, words[0].text)) return false;
  if (!opens_with_question_word(words.subspan(1))) return false;
  return holds_auxiliary(words.subspan(2, std::min<std::size_t>(words.size() - 2, 4)));
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

// "i'm much does it cost": a degree in second place and an auxiliary soon after it.
bool asks_degree(Words words) {
  constexpr std::size_t kSoon = 4;
  if (words.size() < 4 || !holds(kDegrees, words[1].text)) return false;
  return holds_auxiliary(words.subspan(2, std::min(kSoon, words.size() - 2)));
}

// "you takes care of…": a verb that fits "who" alone.
bool asks_who(Words words) {
  constexpr auto kThirdPerson = std::to_array<std::string_view>({"is", "was", "has", "does"});
  if (words.size() < 3 || words[0].text != "you") return false;
  const std::string& verb = words[1].text;
  return holds(kThirdPerson, verb) || (verb.size() > 3 && verb.ends_with('s') && !verb.ends_with("ss"));
}

// "…what can I do", "…how now": a question that follows what it is about. Not "who" and "which", which more
// often go on with a clause.
bool asks_later(Words words) {
  for (std::size_t i = 1; i + 1 < words.size(); ++i) {
    if (words[i].text != "what" && words[i].text != "how") continue;
    const std::string& next = words[i + 1].text;
    if (holds(kAuxiliary, next) || next == "now" || next == "to") return true;
  }
  return false;
}

// "tell me…", "show us…"
bool requests(Words words) {
  return words.size() >= 2 && holds(kRequests, words[0].text) &&
         (words[1].text == "me" || words[1].text == "us");
}

bool well_formed(Words words) {
  return opens_with_question_word(words) || opens_with_preposition(words) || opens_with_auxiliary(words) ||
         requests(words);
}

Words without_lead_in(Words words) {
  constexpr std::size_t kMostLeadIn = 2;
  for (std::size_t skipped = 0; skipped < kMostLeadIn && !words.empty() && holds(kLeadsIn, words[0].text);
       ++skipped) {
    words = words.subspan(1);
  }
  return words;
}

bool asks(Words words) {
  if (words.empty()) return false;
  return well_formed(words) || inverts_early(words) || asks_degree(words) || asks_who(words);
}

// "takes", "is": a verb that stands behind "who" or "what" without an auxiliary.
bool third_person(const std::string& word) {
  return word.size() > 3 && word.ends_with('s') && !word.ends_with("ss");
}

// Begins with the object of its verb: "what do i need", "how many rooms do you have".
bool fronts_object(Words words) {
  constexpr auto kObjects = std::to_array<std::string_view>({"what", "which", "who", "whose"});
  return holds(kObjects, words[0].text) ||
         (words[0].text == "how" && (words[1].text == "many" || words[1].text == "much"));
}

// Has its verb and what the verb needs: "what does it cost", "who takes care of it", "can i bring my bike";
// not "how many days of leave", "what does it", "can i", "when will i get".
bool has_its_parts(Words words) {
  const bool objectless = holds(kNeedsObject, words.back().text) && !fronts_object(words);
  if (opens_with_preposition(words)) words = words.subspan(1);
  if (objectless) return false;
  if (requests(words) || opens_with_auxiliary(words)) return words.size() >= 4;
  if (!opens_with_question_word(words)) return false;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const bool verb = holds(kAuxiliary, words[i].text) || (i == 1 && third_person(words[i].text));
    if (verb) return words.size() - i > 2;
  }
  return words[0].text.ends_with("'s") && words.size() >= 3;
}

// "…is it true that you", "…what happens when a customer": a clause has begun and has no verb yet; not "…is
// that the price".
bool begins_clause(Words words) {
  constexpr auto kAnybody = std::to_array<std::string_view>(
      {"anybody", "anyone", "everybody", "everyone", "people", "somebody", "someone"});
  if (words.size() < 3) return false;
  const Words end = words.last(3);
  const std::size_t pair = words.size() - 2;
  const auto conjunction = [&](std::size_t i) {
    const bool shown = i > 0 && words[i].text == "that" && holds(kAuxiliary, words[i - 1].text);
    return holds(kConjunctions, words[i].text) && !shown;
  };
  const std::string& last = end[2].text;
  if (conjunction(pair) && last != "it" && (holds(kPronouns, last) || holds(kAnybody, last))) return true;
  return conjunction(pair - 1) && holds(kDeterminers, end[1].text);
}

// "…and then", "would like", "…told that", "how to", "allowed to".
bool announces_more(Words words) {
  constexpr auto kJoins = std::to_array<std::string_view>({"then", "so", "also", "suddenly", "maybe", "now"});
  constexpr auto kTells = std::to_array<std::string_view>(
      {"believe", "hope", "know", "mean", "said", "say", "says", "so", "sure", "think", "told", "true"});
  constexpr auto kBeforeInfinitive = std::to_array<std::string_view>(
      {"able", "allowed", "going", "have", "how", "like", "need", "want", "wanted", "where"});
  if (words.size() < 2) return false;
  const std::string& before = words[words.size() - 2].text;
  const std::string& last = words.back().text;
  if (before == "and" || before == "but" || before == "or") return holds(kJoins, last);
  if (last == "like") return before == "would" || before == "i'd" || before == "we'd";
  if (last == "that") return holds(kTells, before);
  return last == "to" && holds(kBeforeInfinitive, before);
}

// Ends with a preposition whose object did not stand at the beginning.
bool hangs(Words words, const Certainty& certainty) {
  constexpr double kProbably = 0.5;
  if (fronts_object(words) || words[0].text == "where") return false;
  return is_preposition(words.back().text) || certainty.hanging >= kProbably;
}

bool mostly_known(const Support& support) { return support.unknown * 2 <= support.asked; }

Completeness judge_question(Words words, const Support& support, const Certainty& certainty) {
  constexpr double kHardlyHeard = 0.45;
  constexpr double kGuessedStrangers = 0.55;
  constexpr double kGuessed = 0.7;
  constexpr double kHeardWell = 0.72;
  constexpr double kHeardLast = 0.4;
  constexpr double kMayBeOpen = 0.1;
  constexpr double kProbablyOpen = 0.2;
  const std::string& last = words.back().text;
  // Hardly heard, the more so when no document has the words: a statement that was taken for a question.
  if (certainty.mean < (mostly_known(support) ? kHardlyHeard : kGuessedStrangers)) {
    return Completeness::kIncomplete;
  }
  if (hangs(words, certainty)) return Completeness::kIncomplete;
  // One word that the documents also use is chance, unless it was heard well.
  const double enough = support.words >= 2 ? kGuessed : kHeardWell;
  const bool understood = support.words >= 1 && mostly_known(support) && certainty.mean >= enough;
  const bool whole = has_its_parts(words);
  if (!understood || holds(kWantsMore, last) || (well_formed(words) && !whole)) {
    return certainty.open >= kProbablyOpen ? Completeness::kIncomplete : Completeness::kUnsure;
  }
  if (certainty.open >= kMayBeOpen) return Completeness::kUnsure;
  const bool theirs = support.words >= 2 || support.unknown == 0;
  const bool heard = certainty.mean >= kHeardWell && certainty.last >= kHeardLast;
  return whole && theirs && heard ? Completeness::kSure : Completeness::kComplete;
}

}  // namespace

bool is_never_last(std::string_view word) { return holds(kNeverLast, word); }

bool is_preposition(std::string_view word) { return holds(kPrepositions, word); }

Completeness judge(std::string_view words, const Support& support,
                   const std::optional<Certainty>& certainty) {
  constexpr std::size_t kShortest = 3;
  constexpr double kCovered = 0.4;
  constexpr double kGuessedStatement = 0.7;
  constexpr double kOpen = 0.4;
  constexpr double kOpenAsHeard = 0.25;
  const std::vector<text::Token> tokens = text::tokenize(words);
  if (!certainty || tokens.size() < kShortest) return Completeness::kIncomplete;
  const std::string& last = tokens.back().text;
  const double open = holds(kNeverLast, last) ? kOpenAsHeard : kOpen;
  if (certainty->open >= open || begins_clause(tokens) || announces_more(tokens)) {
    return Completeness::kIncomplete;
  }
  const Words question = without_lead_in(tokens);
  if (asks(question)) return judge_question(question, support, *certainty);
  const bool dangling = holds(kWantsMore, last) || holds(kNeverLast, last) || holds(kNeedsObject, last) ||
                        holds(kNumbers, last);
  if (dangling || !mostly_known(support) || certainty->mean < kGuessedStatement) {
    return Completeness::kIncomplete;
  }
  const bool covered = support.words >= 2 && support.share >= kCovered;
  const bool in_their_words =
      support.words >= 1 && support.asked >= 3 && support.unknown * 4 <= support.asked;
  return covered || in_their_words || asks_later(tokens) ? Completeness::kUnsure : Completeness::kIncomplete;
}

}  // namespace parley::conversation
