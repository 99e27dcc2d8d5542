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
constexpr std::array kWarps{1.0, 0.94, 1.06};

Cepstrum mean_of(std::span<const Cepstrum> frames) {
  std::array<double, kCepstra> sum{};
  for (const Cepstrum& frame : frames) {
    for (std::size_t i = 0; i < kCepstra; ++i) sum[i] += frame[i];
  }
  Cepstrum mean{};
  for (std::size_t i = 0; i < kCepstra; ++i) {
    mean[i] = static_cast<float>(sum[i] / static_cast<double>(frames.size()));
  }
  return mean;
}

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
  std::vector<Cepstrum> frames;
  for (const double warp : kWarps) {
    frames.clear();
    decoder_.begin_audio(warp);
    decoder_.cepstra(samples, frames);
    decoder_.last_cepstrum(frames);
    if (frames.empty()) break;
    const Cepstrum mean = mean_of(frames);
    decoder_.begin_utterance(SphinxDecoder::Effort::kThorough);
    for (const Cepstrum& frame : frames) decoder_.decode(frame, mean);
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
