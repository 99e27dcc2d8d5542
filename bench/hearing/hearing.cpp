// SPDX-License-Identifier: Apache-2.0
// Measures hearing on recordings with known words; bench/hearing/run.py calls it and writes the report.
//
//   hearing_bench measure LIST EXPECTED [PACED]   LIST has lines "file<tab>speaker<tab>words", EXPECTED the
//                                                 text of a bias; every PACED-th at the speed of speech too
//   hearing_bench voices LIST                     the part of it with speakers who enrol
//   hearing_bench hear LIST [EXPECTED]            what is heard, line by line
//   hearing_bench files LIST                      the same, transcribed as files
//   hearing_bench wav LIST DIR                    the recordings as 16 kHz WAV: DIR/0.wav, DIR/1.wav, ...
//   hearing_bench score FILE                      lines "words<tab>heard": the word error rate
//
// Each but `hear` and `files` prints one JSON object of numbers.
#include "audio/wav.hpp"
#include "listener.hpp"
#include "reliability.hpp"
#include "speech/voice_activity.hpp"
#include "text/word_error_rate.hpp"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <span>
#include <string_view>
#include <thread>

namespace {

using namespace parley;
using namespace parley::hearing;

// A recording, heard in every way that is compared.
struct Heard {
  speech::Transcript turn;
  std::string file;
  std::string biased;
  std::string session;  // after what the speaker said before, which nobody corrected
  std::string adapted;  // after enrolment; empty for the sentences of enrolment
  std::string kept;     // the same by another engine that was given what was kept of the voice
};

constexpr std::size_t kEnrolled = 5;
constexpr std::size_t kEnough = 10;

using BySpeaker = std::map<std::string, std::vector<std::size_t>>;

BySpeaker by_speaker(const std::vector<Recording>& recordings) {
  BySpeaker result;
  for (std::size_t i = 0; i < recordings.size(); ++i) result[recordings[i].speaker].push_back(i);
  return result;
}

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
    const auto& samples = recording.turn;
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

// Calls `work` for each of `count` numbers, on two threads.
void share(std::size_t count, const std::function<void(std::size_t thread, std::size_t index)>& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (std::size_t thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = next++; i < count; i = next++) work(thread, i);
    });
  }
}

// Reads the first recordings of a speaker aloud to one engine, and hears the others with what it has learnt,
// and with what another makes of what is kept of that.
void hear_enrolled(const std::vector<Recording>& recordings, const std::vector<std::size_t>& of,
                   Listener& listener, Listener& other, std::vector<Heard>& heard) {
  speech::RecognizeOptions enrolled;
  enrolled.voice = listener.keeper()->recall({}).value();
  for (std::size_t k = 0; k < kEnrolled; ++k) {
    enrolled.said = recordings[of[k]].words;
    listener.listen(recordings[of[k]].turn, enrolled);
  }
  enrolled.learn = false;
  speech::RecognizeOptions kept = enrolled;
  kept.voice = other.keeper()->recall(enrolled.voice->take_learnt().bytes).value();
  for (std::size_t k = kEnrolled; k < of.size(); ++k) {
    const Samples& turn = recordings[of[k]].turn;
    heard[of[k]].adapted = listener.listen(turn, enrolled).transcript.spoken;
    heard[of[k]].kept = other.listen(turn, kept).transcript.spoken;
  }
}

// The same recording in all ways at once, so that the comparison is of the same minute of the machine.
std::vector<Heard> hear_all(const std::vector<Recording>& recordings,
                            const std::shared_ptr<const speech::Bias>& bias) {
  std::vector<Heard> heard(recordings.size());
  Listener plain[2];
  Listener expecting[2];
  std::atomic<std::size_t> done = 0;
  share(recordings.size(), [&](std::size_t thread, std::size_t i) {
    const Recording& recording = recordings[i];
    heard[i].turn = plain[thread].listen(recording.turn).transcript;
    heard[i].file = plain[thread].transcribe(recording.file);
    speech::RecognizeOptions options;
    options.bias = bias;
    heard[i].biased = expecting[thread].listen(recording.turn, options).transcript.spoken;
    std::fprintf(stderr, "\r%zu of %zu ", ++done, recordings.size());
  });
  // What depends on the order goes speaker by speaker.
  std::vector<std::vector<std::size_t>> speakers;
  for (auto& [name, of] : by_speaker(recordings)) speakers.push_back(of);
  done = 0;
  share(speakers.size(), [&](std::size_t thread, std::size_t speaker) {
    const auto& of = speakers[speaker];
    speech::RecognizeOptions session;
    session.voice = plain[thread].remember(true);
    for (const std::size_t i : of) {
      heard[i].session = plain[thread].listen(recordings[i].turn, session).transcript.spoken;
    }
    if (of.size() >= kEnough) {
      hear_enrolled(recordings, of, plain[thread], expecting[thread], heard);
    }
    std::fprintf(stderr, "\r%zu of %zu speakers ", ++done, speakers.size());
  });
  return heard;
}

struct Rates {
  text::WordErrorRate turn;
  text::WordErrorRate file;
  text::WordErrorRate biased;
  text::WordErrorRate session;
  text::WordErrorRate unadapted;  // of the recordings that `adapted` is of
  text::WordErrorRate adapted;
  text::WordErrorRate kept;
};

Rates rates_of(const std::vector<Recording>& recordings, const std::vector<Heard>& heard) {
  Rates rates;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const std::string& words = recordings[i].words;
    rates.turn.add(words, heard[i].turn.spoken);
    rates.file.add(words, heard[i].file);
    rates.biased.add(words, heard[i].biased);
    rates.session.add(words, heard[i].session);
  }
  for (const auto& [name, of] : by_speaker(recordings)) {
    if (of.size() < kEnough) continue;
    text::WordErrorRate before;
    text::WordErrorRate after;
    text::WordErrorRate later;
    for (std::size_t k = kEnrolled; k < of.size(); ++k) {
      for (auto* rate : {&before, &rates.unadapted})
        rate->add(recordings[of[k]].words, heard[of[k]].turn.spoken);
      for (auto* rate : {&after, &rates.adapted}) rate->add(recordings[of[k]].words, heard[of[k]].adapted);
      for (auto* rate : {&later, &rates.kept}) rate->add(recordings[of[k]].words, heard[of[k]].kept);
    }
    std::fprintf(stderr, "%-12s %5.1f %% unadapted, %5.1f %% adapted, %5.1f %% kept\n", name.c_str(),
                 before.percent(), after.percent(), later.percent());
  }
  return rates;
}

struct Paced {
  std::vector<double> finals;
  std::size_t same = 0;
};

Paced at_the_speed_of_speech(const std::vector<Recording>& recordings, const std::vector<Heard>& heard,
                             std::size_t every) {
  Paced paced;
  Listener listener;
  for (std::size_t i = 0; i < recordings.size(); i += every) {
    const auto result = listener.listen(recordings[i].turn, {}, true);
    paced.finals.push_back(result.final_ms);
    paced.same += result.transcript.spoken == heard[i].turn.spoken ? 1 : 0;
    std::fprintf(stderr, "\rat the speed of speech: %zu, %.0f ms      ", paced.finals.size(),
                 result.final_ms);
  }
  std::fprintf(stderr, "\n");
  return paced;
}

double cpu_ms_per_audio_s(const std::vector<Recording>& recordings, std::size_t every) {
  Listener listener;
  double seconds = 0;
  const std::clock_t begun = std::clock();
  for (std::size_t i = 0; i < recordings.size(); i += every) {
    listener.listen(recordings[i].turn);
    seconds += static_cast<double>(recordings[i].turn.size()) / 16000;
  }
  return static_cast<double>(std::clock() - begun) / CLOCKS_PER_SEC * 1000 / seconds;
}

std::string contents(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

int measure(const char* list, const char* expected, std::size_t paced_every) {
  const auto recordings = load(list);
  const double vad = vad_us_per_frame(recordings);
  const auto heard = hear_all(recordings, speech::Bias::from({.texts = {contents(expected)}}));
  std::fprintf(stderr, "\n");
  const Rates rates = rates_of(recordings, heard);
  std::vector<Judged> judged;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto words = judge(recordings[i].words, heard[i].turn.words);
    judged.insert(judged.end(), words.begin(), words.end());
  }
  print_reliability(judged);
  const double cpu = cpu_ms_per_audio_s(recordings, 4 * paced_every);
  const Paced paced = at_the_speed_of_speech(recordings, heard, paced_every);
  const auto count = static_cast<double>(std::max<std::size_t>(paced.finals.size(), 1));
  std::printf(
      "{\"wer_percent\": %.2f, \"wer_streaming_percent\": %.2f, \"wer_session_percent\": %.2f, "
      "\"wer_biased_percent\": %.2f, \"biased_ratio\": %.3f, \"wer_unadapted_percent\": %.2f, "
      "\"wer_adapted_percent\": %.2f, \"adapted_ratio\": %.3f, \"wer_kept_percent\": %.2f, "
      "\"kept_ratio\": %.3f, \"words\": %zu, "
      "\"calibration_error\": %.3f, \"discrimination\": %.3f, \"offered_percent\": %.1f, "
      "\"final_p50_ms\": %.1f, \"final_p95_ms\": %.1f, \"final_max_ms\": %.1f, \"paced\": %zu, "
      "\"paced_same_text_percent\": %.1f, \"cpu_ms_per_audio_s\": %.1f, \"vad_us_per_frame\": %.2f}\n",
      rates.file.percent(), rates.turn.percent(), rates.session.percent(), rates.biased.percent(),
      rates.biased.percent() / std::max(rates.turn.percent(), 0.01), rates.unadapted.percent(),
      rates.adapted.percent(), rates.adapted.percent() / std::max(rates.unadapted.percent(), 0.01),
      rates.kept.percent(), rates.kept.percent() / std::max(rates.unadapted.percent(), 0.01),
      rates.turn.words(), calibration_error(judged), discrimination(judged), offered_percent(judged),
      percentile(paced.finals, 0.5), percentile(paced.finals, 0.95), percentile(paced.finals, 1),
      paced.finals.size(), 100.0 * static_cast<double>(paced.same) / count, cpu, vad);
  return 0;
}

int measure_voices(const char* list) {
  const auto recordings = load(list);
  std::vector<Heard> heard(recordings.size());
  Listener here[2];
  Listener elsewhere[2];
  std::vector<std::vector<std::size_t>> speakers;
  for (auto& [name, of] : by_speaker(recordings)) {
    if (of.size() >= kEnough) speakers.push_back(of);
  }
  share(speakers.size(), [&](std::size_t thread, std::size_t speaker) {
    const auto& of = speakers[speaker];
    for (std::size_t k = kEnrolled; k < of.size(); ++k) {
      heard[of[k]].turn = here[thread].listen(recordings[of[k]].turn).transcript;
    }
    hear_enrolled(recordings, of, here[thread], elsewhere[thread], heard);
    std::fprintf(stderr, "\r%zu speakers ", speaker + 1);
  });
  const Rates rates = rates_of(recordings, heard);
  std::printf(
      "{\"wer_unadapted_percent\": %.2f, \"wer_adapted_percent\": %.2f, \"wer_kept_percent\": %.2f}\n",
      rates.unadapted.percent(), rates.adapted.percent(), rates.kept.percent());
  return 0;
}

int hear(const char* list, const char* expected) {
  Listener listener;
  speech::RecognizeOptions options;
  if (expected != nullptr) options.bias = speech::Bias::from({.texts = {contents(expected)}});
  for (const auto& recording : load(list)) {
    const auto heard = listener.listen(recording.turn, options);
    std::printf("%s\t%s\n", recording.words.c_str(), heard.transcript.spoken.c_str());
    std::fflush(stdout);
  }
  return 0;
}

int transcribe(const char* list) {
  Listener listener;
  for (const auto& recording : load(list)) {
    const std::string heard = listener.transcribe(recording.file);
    std::printf("%s\t%s\n", recording.words.c_str(), heard.c_str());
    std::fflush(stdout);
  }
  return 0;
}

int write_wavs(const char* list, const std::filesystem::path& folder) {
  std::size_t count = 0;
  for (auto& recording : load(list)) {
    const auto encoded = audio::encode_wav({audio::kSpeechFormat, std::move(recording.turn)});
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
  if (what == "measure" && count > 3) {
    const long every = count > 4 ? std::strtol(arguments[4], nullptr, 10) : 3;
    return measure(arguments[2], arguments[3], static_cast<std::size_t>(std::max(every, 1L)));
  }
  if (what == "voices") return measure_voices(arguments[2]);
  if (what == "hear") return hear(arguments[2], count > 3 ? arguments[3] : nullptr);
  if (what == "files") return transcribe(arguments[2]);
  if (what == "wav" && count > 3) return write_wavs(arguments[2], arguments[3]);
  if (what == "score") return score(arguments[2]);
  std::fprintf(
      stderr,
      "usage: hearing_bench measure LIST TEXT [PACED] | voices LIST | hear LIST [TEXT] | files LIST | "
      "wav LIST DIR | score FILE\n");
  return 2;
}
