// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/word_lattice.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

namespace parley::speech {

namespace {

constexpr double kNever = -std::numeric_limits<double>::infinity();
// Links on no path within so much of the best (a logarithm) are left out.
constexpr double kFar = 9;

// Which links matter, judged by pairs of words.
class Shares {
 public:
  Shares(const WordLattice& lattice, const LanguageScore& language, const LatticeWeights& weights,
         std::span<const std::size_t> order, int end)
      : lattice_(lattice),
        forward_(lattice.nodes.size(), kNever),
        backward_(forward_),
        links_(lattice.nodes.size()) {
    const std::size_t last = lattice.nodes.size() - 1;
    forward_.front() = 0;
    backward_.back() = 0;
    for (const std::size_t from : order) {
      const auto& node = lattice.nodes[from];
      for (const auto& link : node.exits) {
        const int word = link.to == last ? end : lattice.nodes[link.to].word;
        double weight = link.acoustic;
        if (word != kNoWord) weight += weights.language * language(word, node.word, kNoWord);
        links_[from].push_back(weights.scale * weight);
        forward_[link.to] = std::max(forward_[link.to], forward_[from] + links_[from].back());
      }
    }
    for (auto from = order.rbegin(); from != order.rend(); ++from) {
      const auto& exits = lattice.nodes[*from].exits;
      for (std::size_t i = 0; i < exits.size(); ++i) {
        backward_[*from] = std::max(backward_[*from], links_[*from][i] + backward_[exits[i].to]);
      }
    }
  }

  bool matters(std::size_t from, std::size_t link) const {
    const std::size_t to = lattice_.nodes[from].exits[link].to;
    return forward_[from] + links_[from][link] + backward_[to] >= forward_.back() - kFar;
  }

 private:
  const WordLattice& lattice_;
  std::vector<double> forward_;
  std::vector<double> backward_;
  std::vector<std::vector<double>> links_;
};

// A way into a node, and the words said by then.
struct Way {
  int before;
  int before_that;
  WordGraph::Arc arc;
};

// Takes the nodes in order of time, so that all ways into one are known when its turn comes.
class Unfolding {
 public:
  Unfolding(const WordLattice& lattice, const LanguageScore& language, const LatticeWeights& weights, int end)
      : lattice_(lattice), language_(language), weights_(weights), end_(end), ways_(lattice.nodes.size()) {}

  WordGraph run(const Shares& shares, std::span<const std::size_t> order, int start) {
    ways_.front().push_back({start, kNoWord, {}});
    for (const std::size_t node : order) {
      auto entering = std::move(ways_[node]);
      std::sort(entering.begin(), entering.end(), [](const Way& a, const Way& b) {
        return std::tie(a.before, a.before_that, a.arc.from) < std::tie(b.before, b.before_that, b.arc.from);
      });
      for (auto way = entering.begin(); way != entering.end();) {
        // One state for all that have said the same.
        graph_.entries.push_back(graph_.arcs.size());
        graph_.frames.push_back(lattice_.nodes[node].first);
        const Way one = *way;
        for (; way != entering.end() && way->before == one.before && way->before_that == one.before_that;
             ++way) {
          if (node != 0) graph_.arcs.push_back(way->arc);
        }
        go_on(shares, node, one);
      }
      if (node + 1 == lattice_.nodes.size() && entering.empty()) return {};
    }
    graph_.entries.push_back(graph_.arcs.size());
    return std::move(graph_);
  }

 private:
  void go_on(const Shares& shares, std::size_t node, const Way& way) {
    const auto& exits = lattice_.nodes[node].exits;
    const std::size_t last = lattice_.nodes.size() - 1;
    for (std::size_t i = 0; i < exits.size(); ++i) {
      if (!shares.matters(node, i)) continue;
      const std::size_t to = exits[i].to;
      const int word = to == last ? end_ : lattice_.nodes[to].word;
      double weight = exits[i].acoustic;
      if (word != kNoWord) weight += weights_.language * language_(word, way.before, way.before_that);
      const WordGraph::Arc arc{graph_.states() - 1, to == last ? kNoWord : word, weights_.scale * weight};
      if (to == last) {
        ways_[to].push_back({end_, kNoWord, arc});
      } else if (word == kNoWord) {
        ways_[to].push_back({way.before, way.before_that, arc});
      } else {
        ways_[to].push_back({word, way.before, arc});
      }
    }
  }

  const WordLattice& lattice_;
  const LanguageScore& language_;
  const LatticeWeights& weights_;
  const int end_;
  std::vector<std::vector<Way>> ways_;
  WordGraph graph_;
};

}  // namespace

WordGraph unfold(const WordLattice& lattice, const LanguageScore& language, const LatticeWeights& weights,
                 int start, int end) {
  if (lattice.nodes.size() < 2) return {};
  std::vector<std::size_t> order(lattice.nodes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(lattice.nodes[a].first, a) < std::pair(lattice.nodes[b].first, b);
  });
  const Shares shares(lattice, language, weights, order, end);
  return Unfolding(lattice, language, weights, end).run(shares, order, start);
}

}  // namespace parley::speech
