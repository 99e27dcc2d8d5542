// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/trigrams.hpp"

#include <cmath>
#include <iterator>

#include <fmt/format.h>

namespace parley::speech {

namespace {
// ARPA's way to write a probability of nothing.
constexpr double kNever = -99;
}  // namespace

double Trigrams::Followers::left_over() const {
  const auto different = static_cast<double>(counts.size());
  return different / (total + different);
}

Trigrams::Trigrams() : spelling_{"<s>", "</s>"} {}

Trigrams::Id Trigrams::id_of(const std::string& word) {
  const auto [found, added] = ids_.try_emplace(word, static_cast<Id>(spelling_.size()));
  if (added) spelling_.push_back(word);
  return found->second;
}

void Trigrams::add(std::span<const std::string> words, double weight, bool open) {
  if (words.empty() || weight <= 0) return;
  sentences_ += weight;
  std::vector<Id> ids{kBegin};
  for (const std::string& word : words) ids.push_back(id_of(word));
  if (!open) ids.push_back(kEnd);
  const auto count = [weight](Followers& followers, Id word) {
    followers.total += weight;
    followers.counts[word] += weight;
  };
  for (std::size_t i = 1; i < ids.size(); ++i) {
    count(all_, ids[i]);
    count(after_one_[ids[i - 1]], ids[i]);
    if (i > 1) count(after_two_[{ids[i - 2], ids[i - 1]}], ids[i]);
  }
}

std::vector<std::string> Trigrams::words() const {
  return {std::next(spelling_.begin(), 2), spelling_.end()};
}

double Trigrams::unigram(Id word) const {
  const auto found = all_.counts.find(word);
  return found == all_.counts.end() ? 0 : found->second / all_.total;
}

double Trigrams::bigram(Id before, Id word) const {
  const auto context = after_one_.find(before);
  if (context == after_one_.end()) return unigram(word);
  const Followers& seen = context->second;
  const auto found = seen.counts.find(word);
  const double here = found == seen.counts.end() ? 0 : found->second;
  const auto different = static_cast<double>(seen.counts.size());
  return (here + different * unigram(word)) / (seen.total + different);
}

std::string Trigrams::arpa() const {
  std::string text;
  const auto out = std::back_inserter(text);
  std::size_t bigrams = 0;
  std::size_t trigrams = 0;
  for (const auto& [context, seen] : after_one_) bigrams += seen.counts.size();
  for (const auto& [context, seen] : after_two_) trigrams += seen.counts.size();
  fmt::format_to(out, "\\data\\\nngram 1={}\nngram 2={}\nngram 3={}\n\n\\1-grams:\n", spelling_.size(),
                 bigrams, trigrams);
  for (Id word = 0; word < spelling_.size(); ++word) {
    const double probability = unigram(word);
    const auto context = after_one_.find(word);
    fmt::format_to(out, "{:.4f} {} {:.4f}\n", probability > 0 ? std::log10(probability) : kNever,
                   spelling_[word],
                   context == after_one_.end() ? 0.0 : std::log10(context->second.left_over()));
  }
  fmt::format_to(out, "\n\\2-grams:\n");
  for (const auto& [before, seen] : after_one_) {
    for (const auto& [word, count] : seen.counts) {
      const auto context = after_two_.find({before, word});
      fmt::format_to(out, "{:.4f} {} {} {:.4f}\n", std::log10(bigram(before, word)), spelling_[before],
                     spelling_[word],
                     context == after_two_.end() ? 0.0 : std::log10(context->second.left_over()));
    }
  }
  fmt::format_to(out, "\n\\3-grams:\n");
  for (const auto& [context, seen] : after_two_) {
    const auto different = static_cast<double>(seen.counts.size());
    for (const auto& [word, count] : seen.counts) {
      const double probability = (count + different * bigram(context[1], word)) / (seen.total + different);
      fmt::format_to(out, "{:.4f} {} {} {}\n", std::log10(probability), spelling_[context[0]],
                     spelling_[context[1]], spelling_[word]);
    }
  }
  fmt::format_to(out, "\n\\end\\\n");
  return text;
}

}  // namespace parley::speech
