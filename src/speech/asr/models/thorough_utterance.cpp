// SPDX-License-Identifier: Apache-2.0
#include "speech/asr/models/thorough_utterance.hpp"

#include "speech/asr/models/utterance.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace parley::speech {

namespace {

constexpr std::size_t kMostSamples = std::size_t{16'000} * 32;
constexpr std::int64_t kSamplesPerMs = 16;
// The voice as it is is searched thoroughly. The others differ enough to add more by being other than by
// being searched well.
struct Hearing {
  double warp;
  SphinxDecoder::Effort effort;
};
constexpr std::array kHearings{Hearing{1, SphinxDecoder::Effort::kThorough},
                               Hearing{0.94, SphinxDecoder::Effort::kLive},
                               Hearing{1.06, SphinxDecoder::Effort::kLive}};

}  // namespace

void ThoroughUtterance::accept(std::span<const std::int16_t> samples) {
  samples_.insert(samples_.end(), samples.begin(), samples.end());
}

bool ThoroughUtterance::advance() {
  if (samples_.size() > kMostSamples) hear(kMostSamples);
  return samples_.size() > kMostSamples;
}

Transcript ThoroughUtterance::finish() {
  while (advance()) {
  }
  hear(samples_.size());
  Transcript transcript;
  transcript.words = std::move(words_);
  describe(transcript);
  transcript.is_final = true;
  transcript.processed = heard_;
  return transcript;
}

void ThoroughUtterance::hear(std::size_t count) {
  const std::span samples(samples_.data(), count);
  std::vector<WordGraph> graphs;
  const double own = decoder_.adapted() == nullptr ? 1 : decoder_.adapted()->warp;
  for (const auto& [warp, effort] : kHearings) {
    Cepstrum mean{};
    const auto frames = normalised_cepstra(decoder_.front_end(), samples, own * warp, mean);
    if (frames.empty()) break;
    decoder_.begin_utterance(effort);
    for (const Cepstrum& frame : frames) decoder_.decode(frame, {});
    decoder_.end_utterance();
    graphs.push_back(decoder_.graph());
  }
  const std::chrono::milliseconds offset(heard_ / kSamplesPerMs);
  for (Word& word : decoder_.likely_words(graphs)) {
    word.start += offset;
    word.end += offset;
    words_.push_back(std::move(word));
  }
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(count));
  heard_ += static_cast<std::int64_t>(count);
}

}  // namespace parley::speech
