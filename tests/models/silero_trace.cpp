// SPDX-License-Identifier: Apache-2.0
// What Parley's own Silero VAD says of recordings, for comparison with the published network:
//
//   silero_trace MODEL SECONDS OUT FILE...
//
// Joins the recordings at 16 kHz until there are SECONDS of them and writes OUT.pcm (the samples, 16 bit) and
// OUT.f32 (one probability for each 512 of them).
#include "audio/speech_reader.hpp"
#include "speech/vad/models/silero.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace parley;
using Samples = std::vector<std::int16_t>;

template <class T>
bool write(const std::string& path, const std::vector<T>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()),
             static_cast<std::streamsize>(values.size() * sizeof(T)));
  return static_cast<bool>(file.flush());
}

std::vector<float> probabilities(const speech::Silero& network, const Samples& samples) {
  std::vector<float> found;
  speech::SileroState state;
  std::vector<float> window(speech::Silero::kWindow);
  for (std::size_t at = 0; at + window.size() <= samples.size(); at += window.size()) {
    for (std::size_t i = 0; i < window.size(); ++i) window[i] = static_cast<float>(samples[at + i]) / 32768;
    speech::Silero::Step steps[] = {
        {&state, std::span<const float, speech::Silero::kWindow>(window.data(), window.size())}};
    network.evaluate(steps);
    found.push_back(steps[0].probability);
  }
  return found;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 5) {
    std::fprintf(stderr, "usage: silero_trace MODEL SECONDS OUT FILE...\n");
    return 2;
  }
  const auto network = speech::Silero::load(arguments[1]);
  if (!network) {
    std::fprintf(stderr, "%s\n", to_string(network.error()).c_str());
    return 1;
  }
  const std::size_t wanted = std::strtoul(arguments[2], nullptr, 10) * 16000;
  Samples samples;
  for (int i = 4; i < count && samples.size() < wanted; ++i) {
    auto reader = audio::SpeechReader::open(arguments[i]);
    auto pcm = reader ? audio::read_speech(std::move(*reader), std::chrono::minutes(5))
                      : runtime::Result<audio::Pcm>(reader.error());
    if (!pcm) {
      std::fprintf(stderr, "%s: %s\n", arguments[i], to_string(pcm.error()).c_str());
      return 1;
    }
    samples.insert(samples.end(), pcm->samples.begin(), pcm->samples.end());
  }
  samples.resize(std::min(samples.size(), wanted));
  const std::string out = arguments[3];
  const bool written = write(out + ".pcm", samples) && write(out + ".f32", probabilities(**network, samples));
  if (!written) std::fprintf(stderr, "%s: cannot be written\n", out.c_str());
  return written ? 0 : 1;
}
