// SPDX-License-Identifier: Apache-2.0
// Measures the voices: how soon they begin, what they cost, how loud they are and whether Parley's recogniser
// understands them. bench/tts/run.py calls it and writes the report.
//
//   bench_tts [ROUNDS]   prints one JSON object of numbers
#include "alignment.hpp"
#include "audio/loudness.hpp"
#include "audio/resampler.hpp"
#include "runtime/clock.hpp"
#include "runtime/io_threads.hpp"
#include "speech/module.hpp"
#include "text/word_error_rate.hpp"
#include "text/words.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <stdlib.h>

namespace {

using namespace parley;

struct VoiceOfEngine {
  const char* engine;
  const char* voice;
};
constexpr VoiceOfEngine kVoices[] = {{"flite", "slt"},
                                     {"flite", "rms"},
                                     {"flite", "awb"},
                                     {"espeak", "espeak:en-us"},
                                     {"espeak", "espeak:en-gb"}};

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
    "nothing is missing.",
    "The company was founded by two engineers who wanted to build a bicycle that an ordinary person could "
    "repair at home without any special tools or training.",
    "Harbor Bikes employs thirty eight people in the workshop the shop the office and the delivery team and "
    "each of them receives one share after two years.",
    "Every employee gets 25 days of paid leave a year, which can be carried over until the end of March, "
    "unless the team lead agrees to something else in writing before the holidays start.",
};

// Plain words, so that what was said is known word by word.
constexpr const char* kToUnderstand[] = {
    "We are open on Thursday until eight.",
    "The warranty lasts for two years from the day of purchase.",
    "You can reach the support team by phone from Monday to Friday.",
    "Please bring the bike back and keep the receipt with you.",
    "The office is closed on the first day of the month.",
    "How many days of paid leave do I get every year?",
    "Who can use the company car at the weekend?",
    "The meeting starts at nine and ends before lunch.",
    "He wanted to build a house near the river.",
    "What is the most that I can spend on a hotel?",
};

struct Spoken {
  double first_chunk_ms = 0;
  double total_ms = 0;
  audio::Pcm pcm;
  std::vector<speech::Word> words;
};

runtime::Task<> listen(runtime::Stream<speech::AudioChunk> stream, runtime::TimePoint start, Spoken* spoken) {
  while (true) {
    const auto chunk = co_await stream.next();
    if (!chunk) std::fprintf(stderr, "%s\n", to_string(chunk.error()).c_str());
    if (!chunk || !chunk->has_value()) break;
    const auto& pcm = (*chunk)->pcm;
    if (spoken->pcm.samples.empty()) {
      spoken->first_chunk_ms = runtime::milliseconds_between(start, runtime::SystemClock().now());
      spoken->pcm.format = pcm.format;
    }
    spoken->words.insert(spoken->words.end(), (*chunk)->words.begin(), (*chunk)->words.end());
    spoken->pcm.samples.insert(spoken->pcm.samples.end(), pcm.samples.begin(), pcm.samples.end());
  }
  spoken->total_ms = runtime::milliseconds_between(start, runtime::SystemClock().now());
}

runtime::Task<> read_final(runtime::Stream<speech::Transcript> transcripts, std::string* heard) {
  while (true) {
    const auto next = co_await transcripts.next();
    if (!next) std::fprintf(stderr, "%s\n", to_string(next.error()).c_str());
    if (!next || !next->has_value()) break;
    *heard = (*next)->spoken;
  }
}

double percentile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(std::ceil(part * static_cast<double>(values.size()))) - 1];
}

std::vector<double> distances(std::vector<double> differences) {
  for (double& each : differences) each = std::abs(each);
  return differences;
}

double percent_within(const std::vector<double>& values, double limit) {
  const auto count =
      std::count_if(values.begin(), values.end(), [&](double value) { return value <= limit; });
  return 100.0 * static_cast<double>(count) / static_cast<double>(values.size());
}

// What was measured of one engine.
struct Engine {
  std::vector<double> first_ms;
  double total_ms = 0;
  double audio_ms = 0;
  std::vector<double> lufs;
  text::WordErrorRate words;
  std::vector<double> start_off_ms;  // of words, from where a forced alignment puts them; positive: later
  std::vector<double> end_off_ms;
};

class Bench {
 public:
  Bench() {
    auto synthesizer = speech::make_synthesizer({}, speaking_, runtime::Log::none());
    auto recognizer = speech::make_recognizer({}, compute_, io_.executor());
    if (!synthesizer || !recognizer) {
      const auto& error = synthesizer ? recognizer.error() : synthesizer.error();
      std::fprintf(stderr, "%s\n", to_string(error).c_str());
      std::exit(1);
    }
    synthesizer_ = std::move(*synthesizer);
    recognizer_ = std::move(*recognizer);
  }

  Spoken say(speech::Synthesizer& synthesizer, const char* sentence, const char* voice) {
    Spoken spoken;
    const auto start = runtime::SystemClock().now();
    io_.run(listen(synthesizer.synthesize({}, sentence, {.voice = voice}), start, &spoken));
    return spoken;
  }

  void measure_speed(const VoiceOfEngine& row, int rounds) {
    Engine& engine = engines_[row.engine];
    say(*synthesizer_, "Ready.", row.voice);
    for (int round = 0; round < rounds; ++round) {
      for (const auto* sentence : kSentences) {
        const Spoken spoken = say(*synthesizer_, sentence, row.voice);
        engine.first_ms.push_back(spoken.first_chunk_ms);
        engine.total_ms += spoken.total_ms;
        engine.audio_ms += static_cast<double>(spoken.pcm.duration().count()) / 1000;
        if (round == 0) engine.lufs.push_back(audio::integrated_lufs(spoken.pcm));
      }
    }
  }

  void measure_understanding(const VoiceOfEngine& row) {
    for (const auto* sentence : kToUnderstand) {
      const Spoken spoken = say(*synthesizer_, sentence, row.voice);
      auto pcm = for_recognition(spoken.pcm);
      measure_times(spoken.words, pcm.samples, engines_[row.engine]);
      auto [audio, writer] = runtime::make_stream<audio::Pcm>(1);
      static_cast<void>(writer.push(std::move(pcm)));
      writer.finish();
      std::string heard;
      io_.run(read_final(recognizer_->recognize({}, std::move(audio), {}), &heard));
      engines_[row.engine].words.add(sentence, heard);
    }
  }

  static audio::Pcm for_recognition(const audio::Pcm& spoken) {
    auto resampler = audio::FileResampler::create(spoken.format, audio::kSpeechFormat.rate);
    if (!resampler) std::exit(1);
    audio::Pcm pcm{audio::kSpeechFormat, resampler->process(spoken.samples)};
    const auto rest = resampler->flush();
    pcm.samples.insert(pcm.samples.end(), rest.begin(), rest.end());
    return pcm;
  }

  // How far the times of words that the engine tells are from those that a forced alignment finds.
  void measure_times(const std::vector<speech::Word>& told, std::span<const std::int16_t> samples,
                     Engine& engine) const {
    std::vector<std::string> texts;
    for (const auto& word : told) {
      for (auto& token : text::tokenize(word.text)) texts.push_back(std::move(token.text));
    }
    if (texts.size() != told.size()) return;
    const auto found = alignment_.align(texts, samples);
    if (found.empty()) std::fprintf(stderr, "no alignment: %s ...\n", texts.empty() ? "" : texts[0].c_str());
    for (std::size_t i = 0; i < found.size(); ++i) {
      engine.start_off_ms.push_back(static_cast<double>((told[i].start - found[i].start).count()));
      engine.end_off_ms.push_back(static_cast<double>((told[i].end - found[i].end).count()));
    }
  }

  // The first sound of sentences that were spoken before.
  std::vector<double> measure_kept(const std::filesystem::path& folder) {
    runtime::Metrics metrics;
    runtime::ComputePool pool({.name = "kept", .threads = 2});
    const auto keeping =
        speech::make_synthesizer({}, pool, runtime::Log::none(), speech::SpeechCache{folder, &metrics});
    std::vector<double> first_ms;
    for (int round = 0; keeping && round < 4; ++round) {
      for (const auto* sentence : kSentences) {
        const Spoken spoken = say(**keeping, sentence, "slt");
        if (round >= 2) first_ms.push_back(spoken.first_chunk_ms);
      }
    }
    return first_ms;
  }

  const std::map<std::string, Engine>& engines() const { return engines_; }

 private:
  bench::Alignment alignment_;
  runtime::IoThreads io_{1};
  runtime::ComputePool speaking_{{.name = "tts", .threads = 2}};
  runtime::ComputePool compute_{{}};
  std::shared_ptr<speech::Synthesizer> synthesizer_;
  std::shared_ptr<speech::Recognizer> recognizer_;
  std::map<std::string, Engine> engines_;
};

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 10;
  Bench bench;
  for (const auto& row : kVoices) bench.measure_speed(row, rounds);
  for (const auto& row : kVoices) bench.measure_understanding(row);
  std::string pattern = (std::filesystem::temp_directory_path() / "parley-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) return 1;
  const auto kept = bench.measure_kept(std::filesystem::path(pattern) / "kept");
  std::filesystem::remove_all(pattern);

  std::string json;
  const auto add = [&json](const std::string& name, double value) {
    char number[64];
    std::snprintf(number, sizeof number, "%.4f", value);
    json += (json.empty() ? "{\"" : ", \"") + name + "\": " + number;
  };
  const auto& standard = bench.engines().at("flite");
  add("tts_first_p50_ms", percentile(standard.first_ms, 0.5));
  add("tts_first_p95_ms", percentile(standard.first_ms, 0.95));
  add("tts_kept_first_p50_ms", percentile(kept, 0.5));
  add("tts_kept_first_p95_ms", percentile(kept, 0.95));
  for (const auto& [name, engine] : bench.engines()) {
    add(name + "_first_p50_ms", percentile(engine.first_ms, 0.5));
    add(name + "_first_p95_ms", percentile(engine.first_ms, 0.95));
    add(name + "_real_time_factor", engine.total_ms / engine.audio_ms);
    add(name + "_wer_percent", engine.words.percent());
    if (!engine.start_off_ms.empty()) {
      const auto starts = distances(engine.start_off_ms);
      const auto ends = distances(engine.end_off_ms);
      add(name + "_word_start_median_ms", percentile(engine.start_off_ms, 0.5));
      add(name + "_word_start_off_p50_ms", percentile(starts, 0.5));
      add(name + "_word_start_off_p95_ms", percentile(starts, 0.95));
      add(name + "_word_start_within_40ms_percent", percent_within(starts, 40));
      add(name + "_word_end_median_ms", percentile(engine.end_off_ms, 0.5));
      add(name + "_word_end_off_p50_ms", percentile(ends, 0.5));
      add(name + "_word_end_off_p95_ms", percentile(ends, 0.95));
      add(name + "_word_end_within_40ms_percent", percent_within(ends, 40));
    }
    add(name + "_lufs_least", percentile(engine.lufs, 0.001));
    add(name + "_lufs_most", percentile(engine.lufs, 1.0));
  }
  std::printf("%s}\n", json.c_str());
  return 0;
}
