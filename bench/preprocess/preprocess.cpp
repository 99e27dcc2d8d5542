// SPDX-License-Identifier: Apache-2.0
// Measures what preprocessing does to recognition in noise; bench/preprocess/run.py calls it and writes the
// report.
//
//   preprocess_bench LIST     LIST has lines "speech<tab>file<tab>words" and "noise<tab>file"
//
// Prints one JSON object of numbers.
#include "audio/preprocessor.hpp"
#include "audio/speech_reader.hpp"
#include "runtime/io_threads.hpp"
#include "speech/module.hpp"
#include "text/word_error_rate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <future>
#include <string>
#include <vector>

namespace {

using namespace parley;
using Samples = std::vector<std::int16_t>;
using audio::Preprocessor;

struct Recording {
  Samples samples;
  std::string words;
};

struct Sounds {
  std::vector<Recording> speech;
  std::vector<Samples> noise;
};

struct Way {
  const char* name;
  audio::PreprocessConfig config;
};
const std::vector<Way> kWays = {
    {"plain", {}},
    {"high_pass", {.high_pass = true}},
    {"noise_low", {.noise_suppression = "low"}},
    {"noise_high", {.noise_suppression = "high"}},
    {"gain", {.gain_control = true}},
    {"all_low", {.high_pass = true, .noise_suppression = "low", .gain_control = true}}};
constexpr int kSnrs[] = {60, 20, 10, 0};  // the first is as good as clean
constexpr std::size_t kAround = 16000;    // of noise before and after the speech

double power(const Samples& samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return sum / static_cast<double>(std::max<std::size_t>(samples.size(), 1));
}

// Speech with noise a second before, under and a second after it.
Samples mixed(const Samples& speech, const Samples& noise, double snr_db) {
  const double gain = std::sqrt(power(speech) / power(noise) / std::pow(10, snr_db / 10));
  Samples mixture(speech.size() + 2 * kAround);
  for (std::size_t i = 0; i < mixture.size(); ++i) {
    const bool inside = i >= kAround && i - kAround < speech.size();
    const double value = (inside ? static_cast<double>(speech[i - kAround]) : 0.0) +
                         gain * static_cast<double>(noise[i % noise.size()]);
    mixture[i] = static_cast<std::int16_t>(std::lround(std::clamp(value, -32768.0, 32767.0)));
  }
  return mixture;
}

void preprocess(const audio::PreprocessConfig& config, Samples& samples) {
  if (!config.enabled()) return;
  Preprocessor preprocessor(config);
  for (std::size_t at = 0; at + Preprocessor::kFrame <= samples.size(); at += Preprocessor::kFrame) {
    preprocessor.process(
        std::span<std::int16_t, Preprocessor::kFrame>(samples.data() + at, Preprocessor::kFrame));
  }
}

runtime::Task<> read_final(runtime::Stream<speech::Transcript> transcripts, std::string* heard) {
  for (;;) {
    const auto next = co_await transcripts.next();
    if (!next) std::fprintf(stderr, "%s\n", to_string(next.error()).c_str());
    if (!next || !next->has_value()) break;
    *heard = (*next)->spoken;
  }
}

class Bench {
 public:
  explicit Bench(Sounds sounds) : sounds_(std::move(sounds)) {
    speech::AsrConfig config;
    config.wait = std::chrono::minutes(10);  // for a decoder, on however busy a machine
    auto recognizer = speech::make_recognizer(config, compute_, io_.executor());
    if (!recognizer) {
      std::fprintf(stderr, "%s\n", to_string(recognizer.error()).c_str());
      std::exit(1);
    }
    recognizer_ = std::move(*recognizer);
  }

  double word_errors(const Way& way, int snr) {
    // Two at a time, as many as there are decoders.
    text::WordErrorRate words;
    const auto& speech = sounds_.speech;
    for (std::size_t i = 0; i < speech.size(); i += 2) {
      std::vector<std::future<std::string>> heard;
      for (std::size_t k = i; k < std::min(i + 2, speech.size()); ++k) {
        heard.push_back(std::async(std::launch::async, [&, k] {
          Samples samples = mixed(speech[k].samples, sounds_.noise[k % sounds_.noise.size()], snr);
          preprocess(way.config, samples);
          return recognise(std::move(samples));
        }));
      }
      for (std::size_t k = 0; k < heard.size(); ++k) words.add(speech[i + k].words, heard[k].get());
    }
    return words.percent();
  }

  // Processor time of one live stream, in percent of one core.
  double cost(const Way& way) const {
    Samples samples = mixed(sounds_.speech[0].samples, sounds_.noise[0], 10);
    const std::clock_t before = std::clock();
    preprocess(way.config, samples);
    const double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
    return 100 * seconds / (static_cast<double>(samples.size()) / 16000);
  }

 private:
  std::string recognise(Samples samples) {
    auto [audio, writer] = runtime::make_stream<audio::Pcm>(1);
    static_cast<void>(writer.push({audio::kSpeechFormat, std::move(samples)}));
    writer.finish();
    std::string heard;
    io_.run(read_final(recognizer_->recognize({}, std::move(audio), {}), &heard));
    return heard;
  }

  const Sounds sounds_;
  runtime::IoThreads io_{2};
  runtime::ComputePool compute_{{}};
  std::shared_ptr<speech::Recognizer> recognizer_;
};

bool load(const char* list, Sounds& sounds) {
  std::ifstream file(list);
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find('\t');
    if (first == std::string::npos) continue;
    const auto second = line.find('\t', first + 1);
    const std::string path = line.substr(first + 1, second - first - 1);
    auto reader = audio::SpeechReader::open(path);
    auto pcm = reader ? audio::read_speech(std::move(*reader), std::chrono::minutes(2))
                      : runtime::Result<audio::Pcm>(reader.error());
    if (!pcm) {
      std::fprintf(stderr, "%s: %s\n", path.c_str(), to_string(pcm.error()).c_str());
      return false;
    }
    if (second == std::string::npos) {
      sounds.noise.push_back(std::move(pcm->samples));
    } else {
      sounds.speech.push_back({std::move(pcm->samples), line.substr(second + 1)});
    }
  }
  return !sounds.speech.empty() && !sounds.noise.empty();
}

}  // namespace

int main(int count, char** arguments) {
  Sounds sounds;
  if (count != 2 || !load(arguments[1], sounds)) {
    std::fprintf(stderr, "usage: preprocess_bench LIST\n");
    return 2;
  }
  Bench bench(std::move(sounds));
  std::string json;
  const auto add = [&json](const std::string& name, double value) {
    json += (json.empty() ? "\"" : ", \"") + name + "\": " + std::to_string(value);
  };
  for (const Way& way : kWays) {
    if (way.config.enabled()) add(std::string(way.name) + "_core_percent_per_stream", bench.cost(way));
    for (const int snr : kSnrs) {
      add(std::string(way.name) + "_" + std::to_string(snr) + "db_wer_percent", bench.word_errors(way, snr));
    }
  }
  std::printf("{%s}\n", json.c_str());
  return 0;
}
