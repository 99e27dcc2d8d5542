// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/alignment.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace parley::speech {

namespace {

constexpr std::size_t kMostFrames = 4000;
constexpr std::size_t kMostUnits = 1000;
constexpr float kNever = -std::numeric_limits<float>::infinity();

struct Unit {
  std::size_t word;
  std::size_t phone;
  bool optional;  // silence, which may be left out
};

// The phones of all words, with silence between them and at both ends.
std::vector<Unit> units_of(const AcousticModel& model, std::span<const std::vector<std::size_t>> words) {
  std::vector<Unit> units{{0, model.silence(), true}};
  for (std::size_t word = 0; word < words.size(); ++word) {
    for (const std::size_t phone : words[word]) units.push_back({word, phone, false});
    units.push_back({word, model.silence(), true});
  }
  return units;
}

// Log likelihoods of the states of the phones that occur, frame by frame.
class Likelihoods {
 public:
  Likelihoods(const AcousticModel& model, const std::vector<Unit>& units) : model_(model) {
    for (const Unit& unit : units) phones_.push_back(unit.phone);
    std::sort(phones_.begin(), phones_.end());
    phones_.erase(std::unique(phones_.begin(), phones_.end()), phones_.end());
    values_.resize(model.phones() * kPhoneStates);
  }

  void hear(const Feature& frame) {
    for (const std::size_t phone : phones_) {
      model_.densities(phone, frame, densities_);
      for (std::size_t state = 0; state < kPhoneStates; ++state) {
        values_[phone * kPhoneStates + state] = model_.log_likelihood(phone, state, densities_);
      }
    }
  }

  float of(std::size_t phone, std::size_t state) const { return values_[phone * kPhoneStates + state]; }

 private:
  const AcousticModel& model_;
  std::vector<std::size_t> phones_;
  std::vector<float> values_;
  AcousticModel::Densities densities_{};
};

// How many states before it the path was, one frame earlier.
using Step = std::uint8_t;

}  // namespace

std::optional<std::vector<AlignedFrame>> align(const AcousticModel& model, std::span<const Feature> frames,
                                               std::span<const std::vector<std::size_t>> words) {
  const auto units = units_of(model, words);
  if (words.empty() || units.size() > kMostUnits || frames.empty() || frames.size() > kMostFrames) {
    return std::nullopt;
  }
  Likelihoods likelihoods(model, units);
  const std::size_t states = units.size() * kPhoneStates;
  std::vector<float> scores(states, kNever);
  std::vector<float> before(states, kNever);
  std::vector<Step> steps(frames.size() * states);
  for (std::size_t t = 0; t < frames.size(); ++t) {
    likelihoods.hear(frames[t]);
    std::swap(scores, before);
    for (std::size_t s = 0; s < states; ++s) {
      const std::size_t unit = s / kPhoneStates;
      const std::size_t state = s % kPhoneStates;
      float best = before[s];
      Step step = 0;
      const auto consider = [&](std::size_t back) {
        if (s < back || before[s - back] <= best) return;
        best = before[s - back];
        step = static_cast<Step>(back);
      };
      consider(1);
      const bool past_silence = state == 0 && unit >= 2 && units[unit - 1].optional;
      if (past_silence) consider(kPhoneStates + 1);
      if (t == 0) best = s == 0 || s == kPhoneStates ? 0 : kNever;
      scores[s] = best + likelihoods.of(units[unit].phone, state);
      steps[t * states + s] = step;
    }
  }
  // The last silence may be left out too.
  const std::size_t spoken = states - kPhoneStates - 1;
  std::size_t s = scores[states - 1] > scores[spoken] ? states - 1 : spoken;
  if (scores[s] == kNever) return std::nullopt;
  std::vector<AlignedFrame> path(frames.size());
  for (std::size_t t = frames.size(); t-- > 0;) {
    const Unit& unit = units[s / kPhoneStates];
    path[t] = {unit.word, unit.phone, s % kPhoneStates};
    s -= steps[t * states + s];
  }
  return path;
}

}  // namespace parley::speech
