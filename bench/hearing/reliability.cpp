// SPDX-License-Identifier: Apache-2.0
#include "reliability.hpp"

#include "text/word_error_rate.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>

namespace parley::hearing {

namespace {

constexpr std::size_t kBins = 10;

struct Bin {
  double confidence = 0;
  std::size_t words = 0;
  std::size_t right = 0;
};

std::array<Bin, kBins> bins_of(const std::vector<Judged>& words) {
  std::array<Bin, kBins> bins{};
  for (const Judged& word : words) {
    const auto index = static_cast<std::size_t>(std::clamp(word.confidence, 0.0, 0.999) * kBins);
    bins[index].confidence += word.confidence;
    bins[index].right += word.right ? 1 : 0;
    ++bins[index].words;
  }
  return bins;
}

}  // namespace

std::vector<Judged> judge(const std::string& said, const std::vector<speech::Word>& heard) {
  const auto reference = text::comparable_words(said);
  std::vector<std::string> words;
  std::vector<const speech::Word*> origins;
  std::vector<Judged> judged;
  for (const speech::Word& word : heard) {
    for (auto& part : text::comparable_words(word.text)) {
      words.push_back(std::move(part));
      origins.push_back(&word);
      judged.push_back({word.confidence.value_or(0)});
    }
  }
  const std::size_t columns = words.size() + 1;
  std::vector<std::uint32_t> cost((reference.size() + 1) * columns);
  const auto at = [&](std::size_t row, std::size_t column) -> std::uint32_t& {
    return cost[row * columns + column];
  };
  for (std::size_t i = 0; i <= reference.size(); ++i) at(i, 0) = static_cast<std::uint32_t>(i);
  for (std::size_t j = 0; j < columns; ++j) at(0, j) = static_cast<std::uint32_t>(j);
  for (std::size_t i = 1; i <= reference.size(); ++i) {
    for (std::size_t j = 1; j < columns; ++j) {
      const std::uint32_t replaced = at(i - 1, j - 1) + (reference[i - 1] == words[j - 1] ? 0 : 1);
      at(i, j) = std::min({replaced, at(i - 1, j) + 1, at(i, j - 1) + 1});
    }
  }
  for (std::size_t i = reference.size(), j = words.size(); i > 0 && j > 0;) {
    const bool same = reference[i - 1] == words[j - 1];
    if (at(i, j) == at(i - 1, j - 1) + (same ? 0 : 1)) {
      Judged& word = judged[--j];
      --i;
      word.right = same;
      word.replaced = !same;
      word.offered = std::ranges::any_of(origins[j]->alternatives,
                                         [&](const auto& other) { return other.text == reference[i]; });
    } else if (at(i, j) == at(i, j - 1) + 1) {
      --j;
    } else {
      --i;
    }
  }
  return judged;
}

double calibration_error(const std::vector<Judged>& words) {
  double sum = 0;
  for (const Bin& bin : bins_of(words)) sum += std::abs(bin.confidence - static_cast<double>(bin.right));
  return words.empty() ? 0 : sum / static_cast<double>(words.size());
}

double discrimination(const std::vector<Judged>& words) {
  auto ordered = words;
  std::sort(ordered.begin(), ordered.end(),
            [](const Judged& a, const Judged& b) { return a.confidence < b.confidence; });
  double wrong = 0;
  double right = 0;
  double won = 0;
  for (std::size_t i = 0; i < ordered.size();) {
    std::size_t end = i;
    double rights = 0;
    for (; end < ordered.size() && ordered[end].confidence == ordered[i].confidence; ++end) {
      rights += ordered[end].right ? 1 : 0;
    }
    const double wrongs = static_cast<double>(end - i) - rights;
    won += rights * (wrong + wrongs / 2);
    wrong += wrongs;
    right += rights;
    i = end;
  }
  return wrong > 0 && right > 0 ? won / (wrong * right) : 0;
}

double offered_percent(const std::vector<Judged>& words) {
  std::size_t replaced = 0;
  std::size_t offered = 0;
  for (const Judged& word : words) {
    replaced += word.replaced ? 1 : 0;
    offered += word.replaced && word.offered ? 1 : 0;
  }
  return 100 * static_cast<double>(offered) / static_cast<double>(std::max<std::size_t>(replaced, 1));
}

void print_reliability(const std::vector<Judged>& words) {
  std::fprintf(stderr, "confidence   words   right\n");
  for (const Bin& bin : bins_of(words)) {
    if (bin.words == 0) continue;
    const auto count = static_cast<double>(bin.words);
    std::fprintf(stderr, "      %.2f  %6zu  %5.1f %%\n", bin.confidence / count, bin.words,
                 100 * static_cast<double>(bin.right) / count);
  }
}

}  // namespace parley::hearing
