// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/least_risk.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

namespace parley::speech {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();
// Paths further than this below the best (a logarithm) are left out, nearer ones too where the table would
// grow large.
constexpr double kFar = 9;
constexpr std::size_t kMostCells = 4'000'000;
constexpr int kMostRounds = 8;
// A word left out is the least bit worse than the same word misheard, which settles ties.
constexpr double kTie = 1e-5;

double log_sum(double a, double b) {
  if (a < b) std::swap(a, b);
  return b == kNever ? a : a + std::log1p(std::exp(b - a));
}

// What may stand in one place, and where its likeliest occurrence is.
struct Claim {
  double posterior = 0;
  double most = 0;
  int first = 0;
  int end = 0;
};
using Place = std::map<int, Claim>;

// A graph without what hardly counts.
class Paths {
 public:
  struct Arc {
    std::size_t from;
    int word;
    double share;  // of all that enters the state
    int first;     // frames of the word
    int end;
  };

  // For a comparison with a sentence of so many `places`.
  Paths(const WordGraph& graph, std::size_t places)
      : graph_(graph), all_(graph.states(), kNever), best_(all_), onward_(all_), ends_(graph.frames) {
    all_.front() = 0;
    best_.front() = 0;
    onward_.back() = 0;
    for (std::size_t state = 1; state < graph.states(); ++state) {
      for (const auto& arc : graph.into(state)) {
        all_[state] = log_sum(all_[state], all_[arc.from] + arc.weight);
        best_[state] = std::max(best_[state], best_[arc.from] + arc.weight);
      }
    }
    // A word ends where the best way goes on from it.
    for (std::size_t state = graph.states(); state-- > 1;) {
      for (const auto& arc : graph.into(state)) {
        if (onward_[state] + arc.weight <= onward_[arc.from]) continue;
        onward_[arc.from] = onward_[state] + arc.weight;
        ends_[arc.from] = graph.frames[state];
      }
    }
    for (double far = kFar; far > 0; --far) {
      take(far);
      if (states() * places <= kMostCells) break;
    }
  }

  std::size_t states() const { return entries_.size() - 1; }
  std::span<const Arc> into(std::size_t state) const {
    return std::span(arcs_).subspan(entries_[state], entries_[state + 1] - entries_[state]);
  }

 private:
  // What is on a path at most `far` worse than the best; so the path itself stays whole.
  void take(double far) {
    std::vector<std::size_t> kept(graph_.states(), 0);
    entries_ = {0, 0};  // nothing enters state 0
    arcs_.clear();
    for (std::size_t state = 1; state < graph_.states(); ++state) {
      const std::size_t before = arcs_.size();
      double sum = 0;
      for (const auto& arc : graph_.into(state)) {
        if (best_[arc.from] + arc.weight + onward_[state] < best_.back() - far) continue;
        const double share = std::exp(all_[arc.from] + arc.weight - all_[state]);
        arcs_.push_back({kept[arc.from], arc.word, share, graph_.frames[state], ends_[state]});
        sum += share;
      }
      if (arcs_.size() == before) continue;
      for (std::size_t i = before; i < arcs_.size(); ++i) arcs_[i].share /= sum;
      kept[state] = states();
      entries_.push_back(arcs_.size());
    }
  }

  const WordGraph& graph_;
  std::vector<double> all_;     // of all ways to a state, the logarithm of the sum
  std::vector<double> best_;    // of the best way to it
  std::vector<double> onward_;  // and from it
  std::vector<int> ends_;
  std::vector<std::size_t> entries_;
  std::vector<Arc> arcs_;
};

std::vector<int> best_words(const WordGraph& graph) {
  std::vector<double> score(graph.states(), kNever);
  std::vector<const WordGraph::Arc*> back(graph.states(), nullptr);
  score.front() = 0;
  for (std::size_t state = 1; state < graph.states(); ++state) {
    for (const auto& arc : graph.into(state)) {
      const double here = score[arc.from] + arc.weight;
      if (back[state] != nullptr && here <= score[state]) continue;
      score[state] = here;
      back[state] = &arc;
    }
  }
  std::vector<int> words;
  for (const auto* arc = back.back(); arc != nullptr; arc = back[arc->from]) {
    if (arc->word != kNoWord) words.push_back(arc->word);
  }
  std::reverse(words.begin(), words.end());
  return words;
}

// A place for each word, and one for none before, between and after them.
std::vector<int> with_gaps(const std::vector<int>& words) {
  std::vector<int> sentence{kNoWord};
  for (const int word : words) {
    sentence.push_back(word);
    sentence.push_back(kNoWord);
  }
  return sentence;
}

double difference(int a, int b) { return a == b ? 0 : 1; }

// How an arc's word is taken against the first q places of a sentence.
enum class Edit : std::uint8_t { kTake, kAdd, kOmit };

// The expected edit distance from one graph's paths to a sentence, and what it says of each place.
class Comparison {
 public:
  Comparison(const Paths& paths, const std::vector<int>& sentence)
      : paths_(paths),
        sentence_(sentence),
        width_(sentence.size() + 1),
        distance_(paths.states() * width_, 0.0),
        row_(width_),
        edits_(width_) {
    for (std::size_t q = 1; q < width_; ++q)
      distance_[q] = distance_[q - 1] + difference(kNoWord, sentence[q - 1]);
    for (std::size_t state = 1; state < paths.states(); ++state) {
      double* here = distance_.data() + state * width_;
      for (const auto& arc : paths.into(state)) {
        edit(arc);
        for (std::size_t q = 0; q < width_; ++q) here[q] += arc.share * row_[q];
      }
    }
  }

  void tell(double weight, std::vector<Place>& places) {
    std::vector<double> mass(paths_.states() * width_, 0.0);
    mass.back() = 1;
    std::vector<double> of_arc(width_);
    for (std::size_t state = paths_.states(); state-- > 1;) {
      const double* here = mass.data() + state * width_;
      for (const auto& arc : paths_.into(state)) {
        edit(arc);
        double* from = mass.data() + arc.from * width_;
        double carried = 0;  // from the place after
        for (std::size_t q = width_; q-- > 0;) {
          const double now = arc.share * here[q] + carried;
          carried = 0;
          if (now <= 0) continue;
          if (edits_[q] == Edit::kTake) {
            from[q - 1] += now;
            claim(places[q - 1], arc, weight * now);
          } else if (edits_[q] == Edit::kAdd) {
            from[q] += now;
          } else {
            carried = now;
            places[q - 1][kNoWord].posterior += weight * now;
          }
        }
      }
    }
    double carried = 0;
    for (std::size_t q = width_ - 1; q > 0; --q) {
      carried += mass[q];
      places[q - 1][kNoWord].posterior += weight * carried;
    }
  }

 private:
  // Fills row_ with the distances at the end of the arc, and edits_ with how they come about.
  void edit(const Paths::Arc& arc) {
    const double* before = distance_.data() + arc.from * width_;
    const double added = difference(arc.word, kNoWord) * (1 + kTie);
    row_[0] = before[0] + added;
    edits_[0] = Edit::kAdd;
    for (std::size_t q = 1; q < width_; ++q) {
      const double take = before[q - 1] + difference(arc.word, sentence_[q - 1]);
      const double add = before[q] + added;
      const double omit = row_[q - 1] + difference(kNoWord, sentence_[q - 1]);
      row_[q] = std::min({take, add, omit});
      edits_[q] = row_[q] == take ? Edit::kTake : row_[q] == add ? Edit::kAdd : Edit::kOmit;
    }
  }

  static void claim(Place& place, const Paths::Arc& arc, double mass) {
    Claim& claim = place[arc.word];
    claim.posterior += mass;
    if (mass <= claim.most) return;
    claim.most = mass;
    claim.first = arc.first;
    claim.end = arc.end;
  }

  const Paths& paths_;
  const std::vector<int>& sentence_;
  const std::size_t width_;
  std::vector<double> distance_;
  std::vector<double> row_;
  std::vector<Edit> edits_;
};

// The likeliest word of each place, the present one where none is likelier.
std::vector<int> revised(const std::vector<int>& sentence, const std::vector<Place>& places) {
  std::vector<int> words;
  for (std::size_t q = 0; q < sentence.size(); ++q) {
    const auto present = places[q].find(sentence[q]);
    int best = sentence[q];
    double most = present == places[q].end() ? 0 : present->second.posterior + kTie;
    for (const auto& [word, claim] : places[q]) {
      if (claim.posterior <= most) continue;
      most = claim.posterior;
      best = word;
    }
    if (best != kNoWord) words.push_back(best);
  }
  return with_gaps(words);
}

LikelyWord likely_word(int word, const Place& place) {
  LikelyWord result;
  result.word = word;
  for (const auto& [other, claim] : place) {
    if (other == word) {
      result.posterior = std::min(claim.posterior, 1.0);
      result.first = claim.first;
      result.end = claim.end;
    } else if (other != kNoWord) {
      result.others.emplace_back(other, claim.posterior);
    }
  }
  std::sort(result.others.begin(), result.others.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return result;
}

}  // namespace

std::vector<LikelyWord> least_risk(std::span<const WordGraph> graphs) {
  std::vector<Paths> all;
  std::vector<int> sentence;
  for (const WordGraph& graph : graphs) {
    if (graph.states() < 2) continue;
    if (all.empty()) sentence = with_gaps(best_words(graph));
    all.emplace_back(graph, sentence.size());
  }
  std::vector<Place> places;
  for (int round = 0; round < kMostRounds; ++round) {
    places.assign(sentence.size(), {});
    for (const Paths& paths : all) {
      Comparison(paths, sentence).tell(1 / static_cast<double>(all.size()), places);
    }
    auto next = revised(sentence, places);
    if (next == sentence) break;
    // What is said of the places of the last round is kept with its words.
    if (round + 1 < kMostRounds) sentence = std::move(next);
  }
  std::vector<LikelyWord> words;
  for (std::size_t q = 0; q < places.size(); ++q) {
    if (sentence[q] != kNoWord) words.push_back(likely_word(sentence[q], places[q]));
  }
  // Words are judged each by itself: what they share is given to the later one.
  for (std::size_t i = 1; i < words.size(); ++i) {
    words[i].first = std::max(words[i].first, words[i - 1].first);
    words[i - 1].end = std::min(words[i - 1].end, words[i].first);
    words[i].end = std::max(words[i].end, words[i].first);
  }
  return words;
}

}  // namespace parley::speech
