// SPDX-License-Identifier: Apache-2.0
#include "language/models/question.hpp"

#include "text/numbers.hpp"
#include "text/related.hpp"
#include "text/sound.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

namespace parley::language {
namespace {

constexpr double kDefaultWeight = 3.0;  // of a stem whose weight the search did not tell
constexpr double kLightWord = 0.5;      // share of its weight that a word of little meaning keeps
constexpr double kCueWord = 0.6;        // a word that already told the kind of answer
// Shares of its weight that an unknown word keeps: it may be mis-heard, the first one most often as a
// question word, or mis-typed.
constexpr double kFirstUnknown = 0.3;
constexpr double kUnknown = 0.5;
constexpr double kUnknownTyped = 0.8;
constexpr double kRelated = 0.75;         // a word of like meaning, against the word itself
constexpr double kRelatedToKnown = 0.65;  // the same when the passages hold the word itself, too
constexpr double kAlike = 0.7;            // a word of like sound
constexpr double kLeastAlike = 0.68;      // likeness of one word and one word
constexpr double kLeastAlikeCue = 0.72;   // of the first words and a beginning such as "how far"
constexpr double kLeastAlikeRun = 0.8;    // of several words and one
constexpr std::size_t kLeastSounds = 3;   // shorter ones are like too much
constexpr std::size_t kLeastRunSounds = 5;

// Words that go with any subject.
constexpr auto kLightWords = std::to_array<std::string_view>(
    {"actually",  "awful",  "bad",      "best",    "bring",     "brought",  "call",   "come",     "comes",
     "currently", "done",   "exactly",  "find",    "found",     "good",     "gotten", "great",    "happened",
     "help",      "helps",  "keep",     "kind",    "last",      "leave",    "look",   "looks",    "made",
     "make",      "makes",  "making",   "mean",    "means",     "new",      "nice",   "normally", "now",
     "number",    "okay",   "ok",       "old",     "one",       "possible", "put",    "right",    "say",
     "says",      "see",    "somebody", "someone", "somewhere", "sort",     "still",  "strange",  "take",
     "takes",     "taking", "terrible", "there",   "thing",     "things",   "time",   "today",    "use",
     "used",      "using",  "usually",  "want",    "wants",     "way",      "weird",  "work",     "works"});

bool is_light(std::string_view word) { return std::ranges::find(kLightWords, word) != kLightWords.end(); }

// A cue is one or two words; it counts only among the first `within` words, 0 for anywhere.
struct Cue {
  std::string_view first;
  std::string_view second;
  std::size_t within;
  AnswerKind kind;
};

// The first that fits wins. Cues without "how" are for recognisers that hear "hello long" or "hell far".
constexpr auto kCues = std::to_array<Cue>({
    {"far", "ahead", 4, AnswerKind::kDuration},
    {"what", "year", 0, AnswerKind::kYear},
    {"which", "year", 0, AnswerKind::kYear},
    {"what", "time", 0, AnswerKind::kTime},
    {"which", "day", 0, AnswerKind::kTime},
    {"what", "day", 0, AnswerKind::kTime},
    {"which", "date", 0, AnswerKind::kTime},
    {"what", "date", 0, AnswerKind::kTime},
    {"which", "morning", 0, AnswerKind::kTime},
    {"how", "often", 0, AnswerKind::kFrequency},
    {"often", "", 3, AnswerKind::kFrequency},
    {"how", "many", 0, AnswerKind::kCount},
    {"number", "of", 0, AnswerKind::kCount},
    {"many", "", 3, AnswerKind::kCount},
    {"how", "long", 0, AnswerKind::kDuration},
    {"long", "", 3, AnswerKind::kDuration},
    {"what", "length", 0, AnswerKind::kDuration},
    {"how", "soon", 0, AnswerKind::kDuration},
    {"soon", "", 3, AnswerKind::kDuration},
    {"how", "quickly", 0, AnswerKind::kDuration},
    {"quickly", "", 3, AnswerKind::kDuration},
    {"much", "time", 4, AnswerKind::kDuration},
    {"how", "far", 0, AnswerKind::kDistance},
    {"far", "", 3, AnswerKind::kDistance},
    {"how", "heavy", 0, AnswerKind::kWeight},
    {"heavy", "", 3, AnswerKind::kWeight},
    {"weigh", "", 0, AnswerKind::kWeight},
    {"weight", "", 0, AnswerKind::kWeight},
    {"how", "old", 0, AnswerKind::kAge},
    {"old", "must", 0, AnswerKind::kAge},
    {"old", "do", 4, AnswerKind::kAge},
    {"how", "fast", 0, AnswerKind::kSpeed},
    {"fast", "", 3, AnswerKind::kSpeed},
    {"how", "late", 0, AnswerKind::kTime},
    {"how", "early", 0, AnswerKind::kTime},
    {"much", "extra", 4, AnswerKind::kQuantity},
    {"cost", "", 0, AnswerKind::kMoney},
    {"costs", "", 0, AnswerKind::kMoney},
    {"price", "", 0, AnswerKind::kMoney},
    {"fee", "", 0, AnswerKind::kMoney},
    {"you", "charge", 0, AnswerKind::kMoney},
    {"allowance", "", 0, AnswerKind::kQuantity},
    {"deposit", "", 0, AnswerKind::kMoney},
    {"expensive", "", 0, AnswerKind::kMoney},
    {"how", "much", 0, AnswerKind::kQuantity},
    {"much", "", 3, AnswerKind::kQuantity},
    {"discount", "", 0, AnswerKind::kQuantity},
    {"most", "", 4, AnswerKind::kQuantity},
    {"budget", "", 0, AnswerKind::kQuantity},
    {"limit", "", 0, AnswerKind::kQuantity},
    {"what", "percentage", 0, AnswerKind::kQuantity},
    {"owe", "", 0, AnswerKind::kMoney},
    {"maximum", "", 4, AnswerKind::kQuantity},
    {"minimum", "", 4, AnswerKind::kQuantity},
    {"amount", "", 0, AnswerKind::kQuantity},
    {"rate", "", 0, AnswerKind::kMoney},
    {"when", "", 2, AnswerKind::kTime},
    {"until", "when", 0, AnswerKind::kTime},
    {"who", "", 0, AnswerKind::kPerson},
    {"whose", "", 0, AnswerKind::kPerson},
    {"whom", "", 0, AnswerKind::kPerson},
    {"where", "", 3, AnswerKind::kPlace},
    {"how", "do", 0, AnswerKind::kSteps},
    {"how", "can", 0, AnswerKind::kSteps},
    {"how", "should", 0, AnswerKind::kSteps},
    {"how", "to", 0, AnswerKind::kSteps},
    {"can", "i", 2, AnswerKind::kPermission},
    {"can", "we", 2, AnswerKind::kPermission},
    {"can", "you", 2, AnswerKind::kPermission},
    {"may", "i", 2, AnswerKind::kPermission},
    {"may", "we", 2, AnswerKind::kPermission},
    {"am", "i", 2, AnswerKind::kPermission},
    {"are", "we", 2, AnswerKind::kPermission},
    {"do", "i", 2, AnswerKind::kPermission},
    {"do", "you", 2, AnswerKind::kPermission},
    {"is", "it", 2, AnswerKind::kPermission},
});

// Nouns for the thing asked for: a sentence that holds such a thing need not say them.
constexpr auto kKindWords = std::to_array<std::string_view>(
    {"allowance", "amount",   "budget",   "cost",     "costs",       "date",       "day",
     "days",      "deadline", "discount", "duration", "entitlement", "expensive",  "fee",
     "length",    "limit",    "maximum",  "minimum",  "number",      "percentage", "price",
     "rate",      "speed",    "time",     "weight",   "year"});

bool is_kind_word(std::string_view word) { return std::ranges::find(kKindWords, word) != kKindWords.end(); }

struct Match {
  AnswerKind kind = AnswerKind::kAny;
  std::size_t first = 0;  // the words of the cue: [first, end)
  std::size_t end = 0;
};

Match match_cue(std::span<const text::Token> tokens) {
  for (const Cue& cue : kCues) {
    const std::size_t end = cue.within == 0 ? tokens.size() : std::min(cue.within, tokens.size());
    for (std::size_t i = 0; i < end; ++i) {
      if (tokens[i].text != cue.first) continue;
      if (cue.second.empty()) return {cue.kind, i, i + 1};
      if (i + 1 < tokens.size() && tokens[i + 1].text == cue.second) return {cue.kind, i, i + 2};
    }
  }
  return {};
}

std::string counted_in(std::span<const text::Token> tokens) {
  for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
    if (tokens[i].text == "many") return text::stem(tokens[i + 1].text);
    const bool number_of = tokens[i].text == "number" && tokens[i + 1].text == "of";
    if (number_of && i + 2 < tokens.size()) return text::stem(tokens[i + 2].text);
  }
  return {};
}

// How the questions with "how" begin, for recognisers that hear "hellfire" or "halcyon".
struct HowCue {
  std::string_view words;
  AnswerKind kind;
};
constexpr auto kHowCues = std::to_array<HowCue>({
    {"how many", AnswerKind::kCount},
    {"how much", AnswerKind::kQuantity},
    {"how long", AnswerKind::kDuration},
    {"how far", AnswerKind::kDistance},
    {"how fast", AnswerKind::kSpeed},
    {"how often", AnswerKind::kFrequency},
    {"how old", AnswerKind::kAge},
    {"how soon", AnswerKind::kDuration},
    {"how heavy", AnswerKind::kWeight},
});

// A first word that begins a question as it stands is not taken for another.
bool begins_question(const std::string& word) {
  constexpr auto kBeginnings = std::to_array<std::string_view>(
      {"are",  "can",    "could", "do",    "does",  "did", "how",   "is",  "may",  "must", "should",
       "what", "what's", "when",  "where", "which", "who", "whose", "why", "will", "would"});
  return std::ranges::find(kBeginnings, word) != kBeginnings.end();
}

Match match_how(std::span<const text::Token> tokens) {
  Match best;
  double best_likeness = kLeastAlikeCue;
  if (tokens.empty() || begins_question(tokens.front().text)) return best;
  std::string words;
  for (std::size_t end = 1; end <= std::min<std::size_t>(2, tokens.size()); ++end) {
    words += tokens[end - 1].text + ' ';
    for (const HowCue& cue : kHowCues) {
      const double likeness = text::sound_likeness(text::sounds_of(words), text::sounds_of(cue.words));
      if (likeness <= best_likeness) continue;
      best_likeness = likeness;
      best = {cue.kind, 0, end};
    }
  }
  return best;
}

struct Heard {
  std::string stem;
  double likeness = 0;
};

std::optional<Heard> closest(const std::string& sounds, const Vocabulary& vocabulary, double least) {
  std::optional<Heard> best;
  for (const auto& [stem, known] : vocabulary) {
    const double likeness = text::sound_likeness(sounds, known);
    if (likeness < least) continue;
    // By stem among equals: the order of a hash table is not to decide an answer.
    if (!best || likeness > best->likeness || (likeness == best->likeness && stem < best->stem)) {
      best = Heard{stem, likeness};
    }
  }
  return best;
}

class Reader {
 public:
  Reader(const ChatRequest& request, const Vocabulary& vocabulary)
      : request_(request),
        vocabulary_(vocabulary),
        unknown_(request.unknown_stems.begin(), request.unknown_stems.end()),
        tokens_(text::canonical_tokens(request.question)) {}

  Question read() {
    cue_ = match_cue(tokens_);
    if (cue_.kind == AnswerKind::kAny) cue_ = match_how(tokens_);
    question_.kind = cue_.kind;
    if (question_.kind == AnswerKind::kCount) question_.counted = counted_in(tokens_);
    for (std::size_t i = 0; i < tokens_.size(); ++i) add_term(i);
    join_runs();
    for (const Term& term : question_.terms) question_.total_weight += term.weight;
    return std::move(question_);
  }

 private:
  void add_term(std::size_t i) {
    const std::string& word = tokens_[i].text;
    if (text::is_stop_word(word)) return;
    Term term;
    term.stem = text::stem(word);
    for (const Term& known : question_.terms) {
      if (known.stem == term.stem) return;
    }
    const auto weight = request_.term_weights.find(term.stem);
    term.weight = weight == request_.term_weights.end() ? kDefaultWeight : weight->second;
    term.unknown = unknown_.contains(term.stem);
    term.position = i;
    term.doubles.emplace(term.stem, 1.0);
    bool has_related = false;
    const double related = vocabulary_.contains(term.stem) ? kRelatedToKnown : kRelated;
    for (const std::string_view other : text::related_stems(term.stem)) {
      term.doubles.emplace(std::string(other), related);
      has_related = has_related || vocabulary_.contains(std::string(other));
    }
    if (term.unknown && !has_related) {
      hear(term, word);
      term.weight *= !request_.heard ? kUnknownTyped : i == 0 ? kFirstUnknown : kUnknown;
    }
    const bool in_cue = i >= cue_.first && i < cue_.end;
    term.names_kind = in_cue || is_kind_word(word);
    if (in_cue) {
      term.weight *= kCueWord;
    } else if (is_light(word)) {
      term.weight *= kLightWord;
    }
    question_.terms.push_back(std::move(term));
  }

  void hear(Term& term, const std::string& word) const {
    const std::string sounds = text::sounds_of(word);
    if (sounds.size() < kLeastSounds) return;
    const auto heard = closest(sounds, vocabulary_, kLeastAlike);
    if (heard) term.doubles.emplace(heard->stem, kAlike * heard->likeness);
  }

  // Two or three words that together sound like one word of the passages stand for it.
  void join_runs() {
    for (std::size_t length = 3; length >= 2; --length) {
      for (std::size_t i = 0; i + length <= tokens_.size(); ++i) join_run(i, length);
    }
  }

  void join_run(std::size_t first, std::size_t length) {
    std::string words;
    bool any_odd = false;  // an ordinary run of known words is no mis-hearing
    for (std::size_t i = first; i < first + length; ++i) {
      words += tokens_[i].text + ' ';
      any_odd = any_odd || is_odd(i);
    }
    const std::string sounds = text::sounds_of(words);
    if (!any_odd || sounds.size() < kLeastRunSounds) return;
    const auto heard = closest(sounds, vocabulary_, kLeastAlikeRun);
    if (!heard) return;
    for (const Term& term : question_.terms) {
      if (term.doubles.contains(heard->stem)) return;
    }
    std::erase_if(question_.terms,
                  [&](const Term& term) { return term.position >= first && term.position < first + length; });
    Term term;
    term.stem = heard->stem;
    term.weight = kDefaultWeight;
    term.position = first;
    term.doubles.emplace(heard->stem, kAlike);
    question_.terms.push_back(std::move(term));
  }

  // Not in the passages, and not a stop word.
  bool is_odd(std::size_t i) const {
    const std::string& word = tokens_[i].text;
    return !text::is_stop_word(word) && !vocabulary_.contains(text::stem(word));
  }

  const ChatRequest& request_;
  const Vocabulary& vocabulary_;
  const std::unordered_set<std::string> unknown_;
  const std::vector<text::Token> tokens_;
  Match cue_;
  Question question_;
};

}  // namespace

Question read_question(const ChatRequest& request, const Vocabulary& vocabulary) {
  return Reader(request, vocabulary).read();
}

}  // namespace parley::language
