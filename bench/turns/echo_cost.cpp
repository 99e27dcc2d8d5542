// SPDX-License-Identifier: Apache-2.0
// What it costs to take an answer's echo out of what is heard. Reads the answer (16 kHz mono PCM16, little
// endian) from standard input, and prints microseconds of processor time per frame of 10 ms: with an echo of
// it 80 ms later, 10 dB below, in the first two seconds and after; and with none.
#include "audio/echo_canceller.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <span>
#include <vector>

namespace {

using parley::audio::EchoCanceller;
using Samples = std::vector<std::int16_t>;

constexpr std::size_t kFrame = EchoCanceller::kFrame;
constexpr std::size_t kTrial = 2 * 16000;

Samples echo_of(const Samples& played) {
  constexpr std::size_t kDelay = 80 * 16;
  const double gain = std::pow(10, -10.0 / 20);
  Samples heard(played.size());
  for (std::size_t i = kDelay; i < heard.size(); ++i) {
    heard[i] = static_cast<std::int16_t>(std::lround(gain * played[i - kDelay]));
  }
  return heard;
}

double microseconds(EchoCanceller& canceller, std::span<const std::int16_t> played,
                    std::span<std::int16_t> heard) {
  std::size_t frames = 0;
  const std::clock_t begun = std::clock();
  for (std::size_t at = 0; at + kFrame <= heard.size(); at += kFrame, ++frames) {
    canceller.process(played.subspan(at).first<kFrame>(), heard.subspan(at).first<kFrame>());
  }
  return 1e6 * static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC / static_cast<double>(frames);
}

}  // namespace

int main() {
  Samples played;
  for (std::int16_t sample = 0; std::fread(&sample, sizeof sample, 1, stdin) == 1;) played.push_back(sample);
  if (played.size() < 2 * kTrial) {
    std::fputs("echo_cost: expected four seconds of audio\n", stderr);
    return 1;
  }
  const std::span<const std::int16_t> all(played);
  Samples echo = echo_of(played);
  const std::span<std::int16_t> heard(echo);
  EchoCanceller canceller;
  const double first = microseconds(canceller, all.first(kTrial), heard.first(kTrial));
  const double after = microseconds(canceller, all.subspan(kTrial), heard.subspan(kTrial));
  Samples silence(played.size());
  EchoCanceller idle;
  const double none = microseconds(idle, all, silence);
  std::printf(
      "{\"echo_us_per_frame\": %.2f, \"echo_first_us_per_frame\": %.2f, \"no_echo_us_per_frame\": %.2f}\n",
      after, first, none);
  return 0;
}
