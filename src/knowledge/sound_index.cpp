// SPDX-License-Identifier: Apache-2.0
#include "knowledge/sound_index.hpp"

#include "text/sound.hpp"

#include <algorithm>
#include <functional>

namespace parley::knowledge {

namespace {

constexpr std::size_t kLeastLetters = 3;
constexpr std::size_t kMostLetters = 40;
// Of a key as short as this every consonant counts: with one less it would be like too much.
constexpr std::size_t kShortKey = 2;
// Words compared for one question; many have a short key in common.
constexpr std::size_t kMostCompared = 600;

bool can_be_heard(std::string_view word) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '\''; };
  return word.size() >= kLeastLetters && word.size() <= kMostLetters && std::ranges::all_of(word, letter);
}

// Traces of a key: itself, and without each of its sounds. Keys that differ in one place, whatever the
// difference, have a trace in common (W. Garbe's symmetric deletion).
std::vector<std::uint64_t> traces_of(std::string_view sounds) {
  const std::string key = text::sound_key(sounds);
  const std::hash<std::string_view> hash;
  std::vector<std::uint64_t> traces = {hash(key)};
  if (key.size() <= kShortKey) return traces;
  for (std::size_t i = 0; i < key.size(); ++i) {
    std::string shorter = key;
    shorter.erase(i, 1);
    traces.push_back(hash(shorter));
  }
  std::ranges::sort(traces);
  const auto repeats = std::ranges::unique(traces);
  traces.erase(repeats.begin(), repeats.end());
  return traces;
}

}  // namespace

SoundIndex::SoundIndex(std::vector<std::string> words) {
  std::ranges::sort(words);
  const auto repeats = std::ranges::unique(words);
  words.erase(repeats.begin(), repeats.end());
  for (std::string& word : words) {
    if (!can_be_heard(word)) continue;
    std::string sounds = text::sounds_of(word);
    for (const std::uint64_t trace : traces_of(sounds)) {
      places_.emplace_back(trace, static_cast<std::uint32_t>(words_.size()));
    }
    words_.push_back({std::move(word), std::move(sounds)});
  }
  std::ranges::sort(places_);
  places_.shrink_to_fit();
}

std::vector<SoundIndex::Alike> SoundIndex::find(std::string_view sounds, double least,
                                                std::size_t most) const {
  std::vector<std::uint32_t> candidates;
  for (const std::uint64_t trace : traces_of(sounds)) {
    auto at = std::ranges::lower_bound(places_, std::pair(trace, std::uint32_t{0}));
    for (; at != places_.end() && at->first == trace && candidates.size() < kMostCompared; ++at) {
      candidates.push_back(at->second);
    }
  }
  std::ranges::sort(candidates);
  const auto repeats = std::ranges::unique(candidates);
  candidates.erase(repeats.begin(), repeats.end());
  std::vector<Alike> found;
  for (const std::uint32_t candidate : candidates) {
    const Word& word = words_[candidate];
    const double likeness = text::sound_likeness(sounds, word.sounds);
    if (likeness >= least) found.push_back({word.text, likeness});
  }
  std::ranges::sort(found, [](const Alike& a, const Alike& b) {
    return a.likeness != b.likeness ? a.likeness > b.likeness : a.word < b.word;
  });
  if (found.size() > most) found.resize(most);
  return found;
}

bool SoundIndex::holds(std::string_view word) const {
  return std::ranges::binary_search(words_, word, {},
                                    [](const Word& each) -> std::string_view { return each.text; });
}

}  // namespace parley::knowledge
