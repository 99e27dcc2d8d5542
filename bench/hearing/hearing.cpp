// SPDX-License-Identifier: Apache-2.0
// Measures hearing on recordings with known words; bench/hearing/run.py calls it and writes the report.
//
//   hearing_bench measure LIST [PACED]   LIST has lines "file<tab>words"; every PACED-th also at the speed of
//   speech hearing_bench wav LIST DIR           the recordings as 16 kHz WAV: DIR/0.wav, DIR/1.wav, ...
//   hearing_bench score FILE             lines "words<tab>heard": the word error rate
//
// Each prints one JSON object of numbers.
#include "audio/speech_reader.hpp"
#include "audio/wav.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/task_group.hpp"
#include "speech/module.hpp"
#include "speech/voice_activity.hpp"
#include "text/word_error_rate.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using namespace parley;
using namespace std::chrono_literals;
using Samples = std::vector<std::int16_t>;

constexpr std::size_t kBlock = 320;         // 20 ms, as a browser sends
constexpr std::size_t kSilence = 16 * 350;  // the window in which a turn ends

struct Recording {
  std::string words;
  Samples samples;
};

std::vector<std::pair<std::string, std::string>> read_pairs(const char* path) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab != std::string::npos) pairs.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return pairs;
}

std::vector<Recording> load(const char* list) {
  std::vector<Recording> recordings;
  for (const auto& [file, words] : read_pairs(list)) {
    auto reader = audio::SpeechReader::open(file);
    auto pcm =
        reader ? audio::read_speech(std::move(*reader), 2min) : runtime::Result<audio::Pcm>(reader.error());
    if (!pcm) {
      std::fprintf(stderr, "%s: %s\n", file.c_str(), to_string(pcm.error()).c_str());
      std::exit(1);
    }
    recordings.push_back({words, std::move(pcm->samples)});
  }
  return recordings;
}

// The sample after the last one within 35 dB of the peak: the end of speech, found without Parley's detector.
std::size_t end_of_speech(const Samples& samples) {
  int peak = 0;
  for (const int sample : samples) peak = std::max(peak, std::abs(sample));
  std::size_t end = samples.size();
  while (end > 0 && std::abs(static_cast<int>(samples[end - 1])) * 56.2 < peak) --end;
  return end;
}

// What the recogniser gets when the turn ends 350 ms after the speech: quiet room noise after the recording.
Samples turn_of(const Samples& samples) {
  Samples turn = samples;
  turn.resize(end_of_speech(samples) + kSilence);
  std::mt19937 generator(1);
  std::normal_distribution<double> normal(0, 8);  // -72 dBFS
  for (std::size_t i = samples.size(); i < turn.size(); ++i) {
    turn[i] = static_cast<std::int16_t>(std::lround(normal(generator)));
  }
  return turn;
}

runtime::Task<> read_final(runtime::Stream<speech::Transcript> transcripts,
                           std::shared_ptr<std::promise<speech::Transcript>> promise) {
  speech::Transcript final;
  for (;;) {
    auto next = co_await transcripts.next();
    if (!next) {
      std::fprintf(stderr, "%s\n", to_string(next.error()).c_str());
      std::exit(1);
    }
    if (!*next) break;
    final = std::move(**next);
  }
  promise->set_value(std::move(final));
}

class Listener {
 public:
  Listener() : io_(1), compute_({}), tasks_(std::make_unique<runtime::TaskGroup>(io_.executor())) {
    speech::AsrConfig config;
    config.wait = 1min;
    auto made = speech::make_recognizer(config, compute_, io_.executor());
    if (!made) {
      std::fprintf(stderr, "%s\n", to_string(made.error()).c_str());
      std::exit(1);
    }
    recognizer_ = std::move(*made);
  }
  ~Listener() { io_.run(tasks_->stop()); }

  struct Result {
    speech::Transcript transcript;
    double final_ms = 0;
  };

  void expect(std::shared_ptr<const speech::Bias> bias) { bias_ = std::move(bias); }

  Result listen(const Samples& turn, bool paced) {
    auto [audio, writer] = runtime::make_stream<audio::Pcm>(turn.size() / kBlock + 1);
    const auto promise = std::make_shared<std::promise<speech::Transcript>>();
    auto future = promise->get_future();
    tasks_->spawn(read_final(recognizer_->recognize({}, std::move(audio), {.bias = bias_}), promise));
    const auto begun = std::chrono::steady_clock::now();
    for (std::size_t at = 0; at < turn.size(); at += kBlock) {
      const std::size_t end = std::min(at + kBlock, turn.size());
      if (paced) std::this_thread::sleep_until(begun + std::chrono::microseconds(end * 1000 / 16));
      const auto pushed =
          writer.push({audio::kSpeechFormat, Samples(turn.begin() + static_cast<std::ptrdiff_t>(at),
                                                     turn.begin() + static_cast<std::ptrdiff_t>(end))});
      if (!pushed) break;
    }
    writer.finish();
    const auto ended = std::chrono::steady_clock::now();
    Result result{future.get(), 0};
    result.final_ms =
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - ended).count();
    return result;
  }

 private:
  runtime::IoThreads io_;
  runtime::ComputePool compute_;
  std::unique_ptr<runtime::TaskGroup> tasks_;
  std::shared_ptr<speech::Recognizer> recognizer_;
  std::shared_ptr<const speech::Bias> bias_;
};

double percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const auto low = static_cast<std::size_t>(at);
  const auto high = std::min(low + 1, values.size() - 1);
  return values[low] + (values[high] - values[low]) * (at - static_cast<double>(low));
}

double vad_us_per_frame(const std::vector<Recording>& recordings) {
  std::size_t frames = 0;
  std::size_t events = 0;
  const std::clock_t begun = std::clock();
  for (const auto& recording : recordings) {
    speech::VoiceActivityDetector detector{speech::VadConfig{}};
    const auto& samples = recording.samples;
    for (std::size_t i = 0; i + speech::kVadFrameSamples <= samples.size(); i += speech::kVadFrameSamples) {
      const auto event = detector.process(std::span<const std::int16_t, speech::kVadFrameSamples>(
          samples.data() + i, speech::kVadFrameSamples));
      events += event.has_value() ? 1 : 0;
      ++frames;
    }
  }
  const double seconds = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  if (events == 0) std::fprintf(stderr, "the detector heard nothing\n");
  return seconds * 1e6 / static_cast<double>(frames);
}

int measure(const char* list, std::size_t paced_every) {
  const auto recordings = load(list);
  const double vad = vad_us_per_frame(recordings);
  Listener listener;
  text::WordErrorRate rate;
  double seconds = 0;
  std::vector<std::string> heard;
  const std::clock_t begun = std::clock();
  for (const auto& recording : recordings) {
    const auto turn = turn_of(recording.samples);
    seconds += static_cast<double>(turn.size()) / 16000;
    heard.push_back(listener.listen(turn, false).transcript.spoken);
    rate.add(recording.words, heard.back());
    std::fprintf(stderr, "\r%zu of %zu, %.1f %% ", heard.size(), recordings.size(), rate.percent());
  }
  const double cpu = static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC;
  std::vector<double> finals;
  std::size_t same = 0;
  for (std::size_t i = 0; i < recordings.size(); i += paced_every) {
    const auto result = listener.listen(turn_of(recordings[i].samples), true);
    finals.push_back(result.final_ms);
    same += result.transcript.spoken == heard[i] ? 1 : 0;
    std::fprintf(stderr, "\rat the speed of speech: %zu, %.0f ms      ", finals.size(), result.final_ms);
  }
  std::fprintf(stderr, "\n");
  std::printf(
      "{\"wer_streaming_percent\": %.2f, \"words\": %zu, \"final_p50_ms\": %.1f, \"final_p95_ms\": %.1f, "
      "\"final_max_ms\": %.1f, \"paced\": %zu, \"paced_same_text_percent\": %.1f, \"cpu_ms_per_audio_s\": "
      "%.1f, "
      "\"vad_us_per_frame\": %.2f}\n",
      rate.percent(), rate.words(), percentile(finals, 0.5), percentile(finals, 0.95), percentile(finals, 1),
      finals.size(),
      100.0 * static_cast<double>(same) / static_cast<double>(std::max<std::size_t>(finals.size(), 1)),
      cpu * 1000 / seconds, vad);
  return 0;
}

std::string contents(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

int hear(const char* list, const char* expected) {
  const auto recordings = load(list);
  Listener listener;
  if (expected != nullptr) listener.expect(speech::Bias::from({.texts = {contents(expected)}}));
  for (const auto& recording : recordings) {
    const auto heard = listener.listen(turn_of(recording.samples), false);
    std::printf("%s\t%s\n", recording.words.c_str(), heard.transcript.spoken.c_str());
    std::fflush(stdout);
  }
  return 0;
}

int write_wavs(const char* list, const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (auto& recording : load(list)) {
    const auto encoded = audio::encode_wav({audio::kSpeechFormat, std::move(recording.samples)});
    if (!encoded) return 1;
    std::ofstream file(folder / (std::to_string(count++) + ".wav"), std::ios::binary);
    file.write(encoded->data(), static_cast<std::streamsize>(encoded->size()));
  }
  std::printf("{\"files\": %zu}\n", count);
  return 0;
}

int score(const char* path) {
  text::WordErrorRate rate;
  for (const auto& [said, heard] : read_pairs(path)) rate.add(said, heard);
  std::printf("{\"wer_streaming_percent\": %.2f}\n", rate.percent());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count > 2 ? arguments[1] : "";
  if (what == "measure") {
    const long every = count > 3 ? std::strtol(arguments[3], nullptr, 10) : 3;
    return measure(arguments[2], static_cast<std::size_t>(std::max(every, 1L)));
  }
  if (what == "hear") return hear(arguments[2], count > 3 ? arguments[3] : nullptr);
  if (what == "wav" && count > 3) return write_wavs(arguments[2], arguments[3]);
  if (what == "score") return score(arguments[2]);
  std::fprintf(stderr,
               "usage: hearing_bench measure LIST [PACED] | hear LIST [TEXT] | wav LIST DIR | score FILE\n");
  return 2;
}
