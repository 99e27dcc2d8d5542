// SPDX-License-Identifier: Apache-2.0
// How soon the embedded voices speak: time to the first chunk and to the first sample that is heard, the
// silence before it, and the cost of the whole. Usage: bench_tts [ROUNDS]
#include "runtime/clock.hpp"
#include "runtime/io_threads.hpp"
#include "speech/module.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace parley;

// From 2 to 12 seconds of speech.
constexpr const char* kSentences[] = {
    "Yes, we are open on Thursday until eight.",
    "The warranty lasts for two years from the day of purchase.",
    "You can reach the support team by phone from Monday to Friday.",
    "A rental costs $12.50 a day, or €45 a week, and the helmet is free.",
    "Please bring the bike back within 30 days and keep the receipt with you.",
    "The workshop accepts small repairs without an appointment on Wednesday morning, and all the others need "
    "one.",
    "You can return the bike within thirty days, and we refund the full price, as long as it is clean and "
    "nothing is "
    "missing.",
    "The company was founded by two engineers who wanted to build a bicycle that an ordinary person could "
    "repair at "
    "home without any special tools or training.",
    "Harbor Bikes employs thirty eight people in the workshop the shop the office and the delivery team and "
    "each of them "
    "receives one share after two years.",
    "Every employee gets 25 days of paid leave a year, which can be carried over until the end of March, "
    "unless the team "
    "lead agrees to something else in writing before the holidays start.",
};

struct Measured {
  double first_chunk_ms = 0;
  double silence_ms = 0;  // before the first sample above -44 dBFS
  double total_ms = 0;
  double audio_s = 0;
};

runtime::Task<> measure(runtime::Stream<speech::AudioChunk> stream, runtime::TimePoint start,
                        Measured& result) {
  bool heard = false;
  std::size_t samples = 0;
  while (true) {
    const auto chunk = co_await stream.next();
    if (!chunk || !chunk->has_value()) break;
    const auto& pcm = (*chunk)->pcm.samples;
    if (samples == 0)
      result.first_chunk_ms = runtime::milliseconds_between(start, runtime::SystemClock().now());
    for (std::size_t i = 0; i < pcm.size() && !heard; ++i) {
      heard = std::abs(int{pcm[i]}) > 200;
      result.silence_ms = static_cast<double>(samples + i) / 16;
    }
    samples += pcm.size();
  }
  result.total_ms = runtime::milliseconds_between(start, runtime::SystemClock().now());
  result.audio_s = static_cast<double>(samples) / 16000;
}

double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size()))) - 1];
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 20;
  runtime::IoThreads io(1);
  runtime::ComputePool pool({.name = "tts", .threads = 2});
  const auto synthesizer = speech::make_synthesizer({}, pool, runtime::Log::none());
  if (!synthesizer) return 1;
  std::printf("%-5s %9s %9s %9s %9s %9s %9s %9s\n", "voice", "first_p50", "first_p95", "first_max",
              "lead_p50", "lead_max", "audio_s", "rt_factor");
  for (const auto& voice : (*synthesizer)->voices()) {
    std::vector<double> first;
    std::vector<double> silence;
    double total_ms = 0;
    double audio_s = 0;
    for (int round = 0; round < rounds; ++round) {
      for (const auto* sentence : kSentences) {
        Measured result;
        const auto start = runtime::SystemClock().now();
        io.run(measure((*synthesizer)->synthesize({}, sentence, {.voice = voice.id}), start, result));
        first.push_back(result.first_chunk_ms);
        silence.push_back(result.silence_ms);
        total_ms += result.total_ms;
        audio_s += result.audio_s;
      }
    }
    std::printf("%-5s %9.1f %9.1f %9.1f %9.1f %9.1f %9.1f %9.4f\n", voice.id.c_str(), percentile(first, 0.5),
                percentile(first, 0.95), percentile(first, 1.0), percentile(silence, 0.5),
                percentile(silence, 1.0), audio_s / rounds, total_ms / 1000 / audio_s);
  }
  return 0;
}
