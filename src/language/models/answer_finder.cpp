// SPDX-License-Identifier: Apache-2.0
#include "language/models/answer_finder.hpp"

#include "language/models/answer_kind.hpp"
#include "language/models/question.hpp"
#include "language/models/speakable.hpp"
#include "text/numbers.hpp"
#include "text/sentences.hpp"
#include "text/sound.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace parley::language {
namespace {

// Calibrated on spoken questions over a small company's handbook, as typed and as recognised (bench/voice).
struct Tuning {
  double title = 0.4;      // a match in the document's title or an outer heading, against one in the sentence
  double heading = 0.5;    // the same in the heading right above
  double neighbour = 0.3;  // a match in the sentence before
  double named = 0.6;      // a word that only names the kind of answer wanted, where that kind is
  double kind = 0.18;      // for the kind of answer wanted
  double near = 0.1;       // for matches close together
  double focus = 0.12;     // for sentences that say little beside what was asked
  double late = 0.04;      // against each word, up to three, that stands before the first one asked for
  double rank = 0.08;      // for the search's first passage, less for later ones
  double dependent = 0.12;  // against sentences that lean on the one before ("It is ...")
  double table_row = 0.15;  // against rows of tables: hard to listen to
  double second = 0.65;     // share of the best score that a second sentence needs
  std::size_t window = 4;   // words between matches that stand together
};
constexpr Tuning kTuning;

// Confidence is the logistic function of these over the best sentence's evidence.
struct Decision {
  double bias = -3.5;
  double coverage = 2.9;
  double unknown = -2.6;
  double matched = 2.2;
  double missing = -1.2;
  double kind = 1.6;
  double near = 3.0;
};
constexpr Decision kDecision;
constexpr double kThreshold = 0.5;

// The rest of the passages is not read: it bounds the time (about 40 us a kilobyte).
constexpr std::size_t kMostBytes = 32 * 1024;

struct Sentence {
  std::size_t passage = 0;
  text::Span span;
  std::vector<text::Token> tokens;
  std::vector<std::string> stems;  // of the tokens, empty for stop words
  bool dependent = false;
  bool table_row = false;
  bool list_item = false;
};

// Stems of what stands above a passage.
struct Above {
  std::vector<std::string> heading;
  std::vector<std::string> title;
};

struct Scored {
  std::size_t sentence = 0;
  double score = 0;
  double kind = 0;
  double near = 0;
  std::vector<double> matches;  // by term, 0 to 1
};

bool starts_dependent(const std::vector<text::Token>& tokens) {
  constexpr auto kLeaning =
      std::to_array<std::string_view>({"it", "this", "they", "these", "those", "that", "he", "she", "its",
                                       "their", "both", "otherwise", "then"});
  return !tokens.empty() && std::ranges::find(kLeaning, tokens.front().text) != kLeaning.end();
}

// What stands between the line's beginning and the sentence: "- ", "1. ", "* ".
bool is_list_item(std::string_view passage, std::size_t start) {
  const auto line = passage.rfind('\n', start == 0 ? 0 : start - 1);
  const std::size_t begin = line == std::string_view::npos || start == 0 ? 0 : line + 1;
  const std::string_view before = passage.substr(begin, start - begin);
  const auto mark = before.find_first_not_of(" \t");
  if (mark == std::string_view::npos) return false;
  if (before[mark] == '-' || before[mark] == '*') return true;
  return before[mark] >= '0' && before[mark] <= '9' &&
         before.find_first_of(".)", mark) != std::string_view::npos;
}

class Finder {
 public:
  explicit Finder(const ChatRequest& request) : request_(request) {}

  FoundAnswer find() {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < request_.passages.size() && bytes < kMostBytes; ++i) {
      bytes += request_.passages[i].text.size();
      read_passage(i);
    }
    question_ = read_question(request_, vocabulary_);
    FoundAnswer answer;
    if (sentences_.empty() || question_.terms.empty()) return answer;
    const std::vector<Scored> ranked = rank();
    const Scored& best = ranked.front();
    weigh(best, answer);
    if (!answer.found) return answer;
    std::vector<std::size_t> chosen = choose(ranked);
    speak(chosen, answer);
    return answer;
  }

 private:
  void read_passage(std::size_t index) {
    const Passage& passage = request_.passages[index];
    const auto last = passage.heading.rfind(" > ");
    const std::size_t leaf = last == std::string::npos ? 0 : last + 3;
    Above& above = above_.emplace_back();
    above.heading = text::content_stems(std::string_view(passage.heading).substr(leaf));
    above.title = text::content_stems(passage.title + "\n" + passage.heading.substr(0, leaf));
    for (const auto* stems : {&above.heading, &above.title}) {
      for (const std::string& stem : *stems) learn(stem, stem);
    }
    for (const text::Span span : text::split_sentences(passage.text)) {
      Sentence sentence;
      sentence.passage = index;
      sentence.span = span;
      const std::string_view source =
          std::string_view(passage.text).substr(span.start, span.end - span.start);
      sentence.tokens = text::canonical_tokens(source);
      if (sentence.tokens.empty()) continue;
      for (const text::Token& token : sentence.tokens) {
        const bool stop = text::is_stop_word(token.text);
        std::string& stem = sentence.stems.emplace_back(stop ? std::string() : text::stem(token.text));
        if (!stop) learn(stem, token.text);
      }
      sentence.dependent = starts_dependent(sentence.tokens);
      sentence.table_row = source.find(" | ") != std::string_view::npos;
      sentence.list_item = is_list_item(passage.text, span.start);
      sentences_.push_back(std::move(sentence));
    }
  }

  void learn(const std::string& stem, std::string_view word) {
    const auto [at, inserted] = vocabulary_.try_emplace(stem);
    if (inserted) at->second = text::sounds_of(word);
  }

  static double best_match(const Term& term, const std::vector<std::string>& stems) {
    double best = 0;
    for (const std::string& stem : stems) {
      if (stem.empty()) continue;
      const auto found = term.doubles.find(stem);
      if (found != term.doubles.end()) best = std::max(best, found->second);
    }
    return best;
  }

  Scored score(std::size_t index) const {
    const Sentence& sentence = sentences_[index];
    const Passage& passage = request_.passages[sentence.passage];
    const auto source =
        std::string_view(passage.text).substr(sentence.span.start, sentence.span.end - sentence.span.start);
    Scored result;
    result.sentence = index;
    result.kind = kind_fit(question_, source, sentence.tokens);
    double matched = 0;
    for (const Term& term : question_.terms) {
      double match = best_match(term, sentence.stems);
      match = std::max(match, kTuning.heading * best_match(term, above_[sentence.passage].heading));
      match = std::max(match, kTuning.title * best_match(term, above_[sentence.passage].title));
      if (index > 0 && sentences_[index - 1].passage == sentence.passage) {
        match = std::max(match, kTuning.neighbour * best_match(term, sentences_[index - 1].stems));
      }
      if (term.names_kind) match = std::max(match, kTuning.named * result.kind);
      result.matches.push_back(match);
      matched += match * term.weight;
    }
    result.near = nearness(sentence);
    const double total = std::max(question_.total_weight, 1e-9);
    result.score = matched / total + kTuning.kind * result.kind + kTuning.near * result.near +
                   kTuning.focus * focus(sentence) +
                   kTuning.rank / (1.0 + static_cast<double>(sentence.passage));
    result.score -= kTuning.late * words_before_match(sentence);
    if (sentence.dependent) result.score -= kTuning.dependent;
    if (sentence.table_row) result.score -= kTuning.table_row;
    return result;
  }

  // "On the year plan, the Captain costs ..." answers another question than "The Captain costs ...".
  double words_before_match(const Sentence& sentence) const {
    double before = 0;
    for (const std::string& stem : sentence.stems) {
      if (stem.empty()) continue;
      const bool asked =
          std::ranges::any_of(question_.terms, [&](const Term& term) { return term.doubles.contains(stem); });
      if (asked || before >= 3) break;
      ++before;
    }
    return before;
  }

  // The share of the sentence's words, numbers apart, that the question asked about.
  double focus(const Sentence& sentence) const {
    double said = 0;
    double asked = 0;
    for (const std::string& stem : sentence.stems) {
      if (stem.empty() || (stem.front() >= '0' && stem.front() <= '9')) continue;
      ++said;
      asked +=
          std::ranges::any_of(question_.terms, [&](const Term& term) { return term.doubles.contains(stem); });
    }
    return said > 0 ? asked / said : 0;
  }

  // The share of neighbouring terms of the question that also stand together in the sentence.
  double nearness(const Sentence& sentence) const {
    if (question_.terms.size() < 2) return 0;
    std::vector<std::size_t> places(question_.terms.size(), sentence.stems.size());
    for (std::size_t t = 0; t < question_.terms.size(); ++t) {
      for (std::size_t i = 0; i < sentence.stems.size() && places[t] == sentence.stems.size(); ++i) {
        if (!sentence.stems[i].empty() && question_.terms[t].doubles.contains(sentence.stems[i]))
          places[t] = i;
      }
    }
    std::size_t close = 0;
    for (std::size_t t = 0; t + 1 < places.size(); ++t) {
      if (places[t] == sentence.stems.size() || places[t + 1] == sentence.stems.size()) continue;
      const std::size_t gap =
          places[t] < places[t + 1] ? places[t + 1] - places[t] : places[t] - places[t + 1];
      if (gap > 0 && gap <= kTuning.window) ++close;
    }
    return static_cast<double>(close) / static_cast<double>(places.size() - 1);
  }

  std::vector<Scored> rank() const {
    std::vector<Scored> ranked;
    ranked.reserve(sentences_.size());
    for (std::size_t i = 0; i < sentences_.size(); ++i) ranked.push_back(score(i));
    std::ranges::sort(ranked, [](const Scored& a, const Scored& b) {
      return a.score > b.score || (a.score == b.score && a.sentence < b.sentence);
    });
    return ranked;
  }

  void weigh(const Scored& best, FoundAnswer& answer) const {
    auto& evidence = answer.evidence;
    double unexplained = 0;
    for (std::size_t t = 0; t < question_.terms.size(); ++t) {
      const Term& term = question_.terms[t];
      evidence.matched += best.matches[t] * term.weight;
      evidence.missing = std::max(evidence.missing, (1 - best.matches[t]) * term.weight);
      if (term.unknown && !explained(term)) unexplained += term.weight;
    }
    const double total = std::max(question_.total_weight, 1e-9);
    evidence.coverage = evidence.matched / total;
    evidence.unknown = unexplained / total;
    evidence.matched /= kRareWord;
    evidence.missing /= kRareWord;
    evidence.kind = best.kind;
    evidence.near = best.near;
    const double logit = kDecision.bias + kDecision.coverage * evidence.coverage +
                         kDecision.unknown * evidence.unknown + kDecision.matched * evidence.matched +
                         kDecision.missing * evidence.missing + kDecision.kind * evidence.kind +
                         kDecision.near * evidence.near;
    answer.confidence = 1.0 / (1.0 + std::exp(-logit));
    answer.found = answer.confidence >= kThreshold;
  }

  bool explained(const Term& term) const {
    return std::ranges::any_of(term.doubles,
                               [this](const auto& other) { return vocabulary_.contains(other.first); });
  }

  std::vector<std::size_t> choose(const std::vector<Scored>& ranked) const {
    std::vector<std::size_t> chosen{ranked.front().sentence};
    std::size_t words = spoken_words(chosen.front());
    if (sentences_[chosen.front()].list_item && question_.kind == AnswerKind::kSteps) {
      add_steps(chosen, words);
      return chosen;
    }
    if (sentences_[chosen.front()].dependent) add_predecessor(chosen, words);
    for (std::size_t i = 1; i < ranked.size() && chosen.size() < 3; ++i) {
      if (ranked[i].score < kTuning.second * ranked.front().score) break;
      if (std::ranges::find(chosen, ranked[i].sentence) != chosen.end()) continue;
      if (sentences_[ranked[i].sentence].dependent || sentences_[ranked[i].sentence].table_row) continue;
      const std::size_t more = spoken_words(ranked[i].sentence);
      if (words + more > request_.max_words) continue;
      chosen.push_back(ranked[i].sentence);
      words += more;
    }
    return chosen;
  }

  // The items of the list around the best one, from its beginning.
  void add_steps(std::vector<std::size_t>& chosen, std::size_t words) const {
    const std::size_t best = chosen.front();
    std::size_t first = best;
    const auto belongs = [&](std::size_t i) {
      return sentences_[i].passage == sentences_[best].passage && sentences_[i].list_item;
    };
    while (first > 0 && belongs(first - 1)) --first;
    chosen.clear();
    words = 0;
    for (std::size_t i = first; i < sentences_.size() && belongs(i); ++i) {
      words += spoken_words(i);
      if (words > request_.max_words && !chosen.empty()) break;
      chosen.push_back(i);
    }
  }

  void add_predecessor(std::vector<std::size_t>& chosen, std::size_t& words) const {
    const std::size_t best = chosen.front();
    if (best == 0 || sentences_[best - 1].passage != sentences_[best].passage) return;
    const std::size_t more = spoken_words(best - 1);
    if (words + more > request_.max_words) return;
    chosen.insert(chosen.begin(), best - 1);
    words += more;
  }

  std::size_t spoken_words(std::size_t index) const { return word_count(spoken(index)); }

  std::string spoken(std::size_t index) const {
    const Sentence& sentence = sentences_[index];
    const Passage& passage = request_.passages[sentence.passage];
    return speakable(
        std::string_view(passage.text).substr(sentence.span.start, sentence.span.end - sentence.span.start),
        request_.max_words);
  }

  void speak(const std::vector<std::size_t>& chosen, FoundAnswer& answer) const {
    for (const std::size_t index : chosen) {
      const Sentence& sentence = sentences_[index];
      const Passage& passage = request_.passages[sentence.passage];
      if (!answer.text.empty()) answer.text += ' ';
      answer.text += spoken(index);
      Citation citation;
      citation.document_id = passage.document_id;
      citation.document = passage.document;
      citation.title = passage.title;
      citation.heading = passage.heading;
      citation.quote = passage.text.substr(sentence.span.start, sentence.span.end - sentence.span.start);
      citation.start = passage.start + static_cast<std::int64_t>(sentence.span.start);
      citation.end = passage.start + static_cast<std::int64_t>(sentence.span.end);
      answer.citations.push_back(std::move(citation));
    }
  }

  static constexpr double kRareWord = 5.0;

  const ChatRequest& request_;
  Vocabulary vocabulary_;
  std::vector<Above> above_;  // by passage
  std::vector<Sentence> sentences_;
  Question question_;
};

}  // namespace

FoundAnswer find_answer(const ChatRequest& request) { return Finder(request).find(); }

}  // namespace parley::language
