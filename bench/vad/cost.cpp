// SPDX-License-Identifier: Apache-2.0
// Processor time of one live stream: in percent of a core, and of the network for batches of streams.
#include "speech/voice_activity.hpp"
#include "vad_bench.hpp"

#include <ctime>
#include <span>

namespace parley::bench {

namespace {

constexpr double kSecondsPerWindow = 0.032;

double seconds_since(std::clock_t begun) {
  return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
}

double detector_percent(const Samples& sound, const Network& network) {
  speech::VoiceActivityDetector detector(speech::VadConfig{}, network);
  std::size_t events = 0;
  const std::clock_t begun = std::clock();
  for (std::size_t at = 0; at + speech::kVadFrameSamples <= sound.size(); at += speech::kVadFrameSamples) {
    const auto event = detector.process(
        std::span<const std::int16_t, speech::kVadFrameSamples>(sound.data() + at, speech::kVadFrameSamples));
    events += event.has_value() ? 1 : 0;
  }
  const double seconds = seconds_since(begun);
  return events == 0 ? -1 : 100 * seconds * 16000 / static_cast<double>(sound.size());
}

// Percent of a core for each of `streams` whose windows are evaluated together.
double network_percent(const std::vector<float>& sound, const speech::Silero& network, std::size_t streams) {
  constexpr std::size_t kWindow = speech::Silero::kWindow;
  std::vector<speech::SileroState> states(streams);
  const std::size_t windows = sound.size() / kWindow;
  const std::size_t rounds = 6000 / streams;
  float sum = 0;
  const std::clock_t begun = std::clock();
  for (std::size_t round = 0; round < rounds; ++round) {
    std::vector<speech::Silero::Step> steps;
    for (std::size_t i = 0; i < streams; ++i) {
      const std::size_t window = (round + i * 7) % windows;
      steps.push_back(
          {&states[i], std::span<const float, kWindow>(sound.data() + window * kWindow, kWindow)});
    }
    network.evaluate(steps);
    sum += steps.front().probability;
  }
  const double each = seconds_since(begun) / static_cast<double>(rounds * streams);
  return sum > 0 ? 100 * each / kSecondsPerWindow : -1;
}

}  // namespace

void measure_cost(const Sounds& sounds, const Network& network, std::string& out) {
  Samples joined;
  for (const auto& part : sounds.speech) joined.insert(joined.end(), part.begin(), part.end());
  joined.resize(std::min<std::size_t>(joined.size(), 16000UL * 180));
  add_metric(out, "embedded_core_percent_per_stream", detector_percent(joined, nullptr));
  if (!network) return;
  add_metric(out, "silero_core_percent_per_stream", detector_percent(joined, network));
  std::vector<float> values(joined.begin(), joined.end());
  for (float& value : values) value /= 32768;
  for (const std::size_t streams : {1U, 6U, 30U}) {
    add_metric(out, "silero_network_core_percent_batch_" + std::to_string(streams),
               network_percent(values, *network, streams));
  }
}

}  // namespace parley::bench
