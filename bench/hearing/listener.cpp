// SPDX-License-Identifier: Apache-2.0
#include "listener.hpp"

#include "audio/speech_reader.hpp"
#include "speech/file_transcriber.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <future>
#include <random>
#include <sstream>
#include <thread>

namespace parley::hearing {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t kBlock = 320;         // 20 ms, as a browser sends
constexpr std::size_t kSilence = 16 * 350;  // the window in which a turn ends

[[noreturn]] void fail(const std::string& what, const runtime::Error& error) {
  std::fprintf(stderr, "%s: %s\n", what.c_str(), to_string(error).c_str());
  std::exit(1);
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

struct Final {
  speech::Transcript transcript;
  Clock::time_point time;
};

runtime::Task<> read_final(runtime::Stream<speech::Transcript> transcripts,
                           std::shared_ptr<std::promise<Final>> promise) {
  Final final;
  for (;;) {
    auto next = co_await transcripts.next();
    if (!next) fail("recognition", next.error());
    if (!*next) break;
    final = {std::move(**next), Clock::now()};
  }
  promise->set_value(std::move(final));
}

runtime::Task<> read_file(std::shared_ptr<speech::FileTranscriber> transcriber,
                          std::shared_ptr<audio::SpeechReader> reader,
                          std::shared_ptr<std::promise<std::string>> promise) {
  speech::RecognizeOptions options;
  runtime::Context context;
  auto result = co_await transcriber->transcribe(context, std::move(reader), std::move(options));
  if (!result) fail("transcription", result.error());
  promise->set_value(std::move(result->transcript.spoken));
}

}  // namespace

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
  for (const auto& [file, rest] : read_pairs(list)) {
    auto reader = audio::SpeechReader::open(file);
    if (!reader) fail(file, reader.error());
    auto pcm = audio::read_speech(std::move(*reader), 2min);
    if (!pcm) fail(file, pcm.error());
    const auto tab = rest.find('\t');
    recordings.push_back({file, rest.substr(0, tab), rest.substr(tab + 1), turn_of(pcm->samples)});
  }
  return recordings;
}

Listener::Listener() : io_(1), compute_({}), tasks_(std::make_unique<runtime::TaskGroup>(io_.executor())) {
  speech::AsrConfig config;
  config.wait = 1min;
  config.decoders = 1;
  auto made = speech::make_recognizer(config, compute_, io_.executor());
  if (!made) fail("the recogniser", made.error());
  recognizer_ = std::move(*made);
}

Listener::~Listener() { io_.run(tasks_->stop()); }

Listener::Result Listener::listen(const Samples& turn, const speech::RecognizeOptions& options, bool paced) {
  auto [audio, writer] = runtime::make_stream<audio::Pcm>(turn.size() / kBlock + 1);
  const auto promise = std::make_shared<std::promise<Final>>();
  auto future = promise->get_future();
  tasks_->spawn(read_final(recognizer_->recognize({}, std::move(audio), options), promise));
  const auto begun = Clock::now();
  for (std::size_t at = 0; at < turn.size(); at += kBlock) {
    const std::size_t end = std::min(at + kBlock, turn.size());
    if (paced) std::this_thread::sleep_until(begun + std::chrono::microseconds(end * 1000 / 16));
    const auto pushed =
        writer.push({audio::kSpeechFormat, Samples(turn.begin() + static_cast<std::ptrdiff_t>(at),
                                                   turn.begin() + static_cast<std::ptrdiff_t>(end))});
    if (!pushed) break;
  }
  writer.finish();
  const auto ended = Clock::now();
  auto final = future.get();
  return {std::move(final.transcript),
          std::max(0.0, std::chrono::duration<double, std::milli>(final.time - ended).count())};
}

std::string Listener::transcribe(const std::string& file) {
  auto reader = audio::SpeechReader::open(file);
  if (!reader) fail(file, reader.error());
  const auto transcriber = std::make_shared<speech::FileTranscriber>(
      speech::FileTranscriber::Parts{recognizer_, compute_, speech::VadConfig{}});
  const auto promise = std::make_shared<std::promise<std::string>>();
  auto future = promise->get_future();
  auto shared = std::make_shared<audio::SpeechReader>(std::move(*reader));
  tasks_->spawn(read_file(transcriber, std::move(shared), promise));
  return future.get();
}

}  // namespace parley::hearing
