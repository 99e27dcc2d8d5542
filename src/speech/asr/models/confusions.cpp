// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/confusions.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

namespace parley::speech {

namespace {

// What is less likely helps nobody.
constexpr double kFaintest = 0.01;

int shared_frames(const Occurrence& one, const Occurrence& other) {
  return std::min(one.end, other.end) - std::max(one.first, other.first);
}

// Of the words of the path, the one that shares most frames with `heard`; path.size() when none shares half
// of either.
std::size_t competes_with(const Occurrence& heard, std::span<const Occurrence> path) {
  const auto begin = std::partition_point(path.begin(), path.end(),
                                          [&](const Occurrence& word) { return word.end <= heard.first; });
  std::size_t best = path.size();
  int most = 0;
  for (auto word = begin; word != path.end() && word->first < heard.end; ++word) {
    const int shared = shared_frames(*word, heard);
    if (shared <= most) continue;
    if (2 * shared < std::min(word->end - word->first, heard.end - heard.first)) continue;
    most = shared;
    best = static_cast<std::size_t>(word - path.begin());
  }
  return best;
}

// Posteriors by frame of a word of the path, for each text that competes with it.
using Frames = std::map<std::string_view, std::vector<double>>;

Confusion judge(const Occurrence& word, const Frames& frames) {
  Confusion result;
  for (const auto& [text, posteriors] : frames) {
    const double most = std::min(1.0, *std::max_element(posteriors.begin(), posteriors.end()));
    if (text == word.text) {
      result.own = most;
    } else if (most >= kFaintest) {
      result.others.push_back({std::string(text), most});
    }
  }
  std::sort(result.others.begin(), result.others.end(), [](const Alternative& a, const Alternative& b) {
    return a.posterior != b.posterior ? a.posterior > b.posterior : a.text < b.text;
  });
  if (result.others.size() > kMostAlternatives) result.others.resize(kMostAlternatives);
  return result;
}

}  // namespace

double confidence_of(double posterior) {
  constexpr double kOffset = -0.05;
  constexpr double kSlope = 0.43;
  constexpr double kLeast = 1e-3;
  const double inside = std::clamp(posterior, kLeast, 1 - kLeast);
  return 1 / (1 + std::exp(-kOffset) * std::pow((1 - inside) / inside, kSlope));
}

void share_doubt(double own, double confidence, std::vector<Alternative>& others) {
  double sum = 0;
  for (const Alternative& other : others) sum += other.posterior;
  const double doubt = std::max({1 - own, sum, 1e-6});
  for (Alternative& other : others) other.posterior *= (1 - confidence) / doubt;
}

std::vector<Confusion> confusions(std::span<const Occurrence> path, std::span<const Occurrence> lattice) {
  std::vector<Frames> places(path.size());
  for (const Occurrence& heard : lattice) {
    const std::size_t at = competes_with(heard, path);
    if (at == path.size()) continue;
    const Occurrence& word = path[at];
    auto& posteriors = places[at][heard.text];
    posteriors.resize(static_cast<std::size_t>(word.end - word.first));
    for (int frame = std::max(word.first, heard.first); frame < std::min(word.end, heard.end); ++frame) {
      posteriors[static_cast<std::size_t>(frame - word.first)] += heard.posterior;
    }
  }
  std::vector<Confusion> result;
  result.reserve(path.size());
  for (std::size_t i = 0; i < path.size(); ++i) result.push_back(judge(path[i], places[i]));
  return result;
}

}  // namespace parley::speech
