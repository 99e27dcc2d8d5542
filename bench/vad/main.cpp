// SPDX-License-Identifier: Apache-2.0
// Measures voice activity detection; bench/vad/run.py calls it and writes the report.
//
//   vad_bench MODEL LIST     LIST has lines "speech<tab>file", "noise<tab>file" and "room<tab>file"; MODEL is
//                            Silero's file or "-"
//
// Prints one JSON object of numbers.
#include "audio/speech_reader.hpp"
#include "vad_bench.hpp"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <string_view>

namespace parley::bench {

void add_metric(std::string& out, const std::string& name, double value) {
  out += (out.empty() ? "" : ", ") + ("\"" + name + "\": " + std::to_string(value));
}

namespace {

bool load(const char* list, Sounds& sounds) {
  std::ifstream file(list);
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const std::string path = line.substr(tab + 1);
    auto reader = audio::SpeechReader::open(path);
    auto pcm = reader ? audio::read_speech(std::move(*reader), std::chrono::minutes(2))
                      : runtime::Result<audio::Pcm>(reader.error());
    if (!pcm) {
      std::fprintf(stderr, "%s: %s\n", path.c_str(), to_string(pcm.error()).c_str());
      return false;
    }
    const std::string_view kind = std::string_view(line).substr(0, tab);
    auto& group = kind == "noise" ? sounds.noise : kind == "room" ? sounds.rooms : sounds.speech;
    group.push_back(std::move(pcm->samples));
  }
  return !sounds.speech.empty() && !sounds.noise.empty();
}

int run(const char* model, const char* list) {
  Network network;
  if (std::string_view(model) != "-") {
    auto loaded = speech::Silero::load(model);
    if (!loaded) {
      std::fprintf(stderr, "%s: %s\n", model, to_string(loaded.error()).c_str());
      return 1;
    }
    network = std::move(*loaded);
  }
  Sounds sounds;
  if (!load(list, sounds)) return 1;
  std::string out;
  measure_cost(sounds, network, out);
  measure_detection(sounds, network, out);
  std::printf("{%s}\n", out.c_str());
  return 0;
}

}  // namespace
}  // namespace parley::bench

int main(int count, char** arguments) {
  if (count == 3) return parley::bench::run(arguments[1], arguments[2]);
  std::fprintf(stderr, "usage: vad_bench MODEL LIST\n");
  return 2;
}
