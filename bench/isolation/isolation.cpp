// SPDX-License-Identifier: Apache-2.0
// Measures a neural recogniser in this process and in one of its own. bench/isolation/run.py calls it and
// writes the report.
//
//   bench_isolation PARLEY LIBRARY MODEL   prints one JSON object of numbers
#include "inference/engine_host.hpp"
#include "runtime/clock.hpp"
#include "speech/asr/models/isolated_engines.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

namespace {

using namespace parley;

constexpr int kUtterances = 100;
constexpr std::size_t kBlock = 1600;
constexpr std::size_t kBlocks = 20;

template <class T>
T value_of(runtime::Result<T> result) {
  if (result) return std::move(*result);
  std::fprintf(stderr, "%s\n", to_string(result.error()).c_str());
  std::exit(1);
}

double percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

class Stopwatch {
 public:
  double microseconds() const { return runtime::milliseconds_between(began_, clock_.now()) * 1000; }

 private:
  runtime::SystemClock clock_;
  runtime::TimePoint began_ = clock_.now();
};

// A tone that comes and goes: work for the network, whatever it takes it for.
std::vector<std::int16_t> sound() {
  std::vector<std::int16_t> samples(kBlock * kBlocks);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const auto at = static_cast<double>(i);
    samples[i] = static_cast<std::int16_t>(8000 * std::sin(at / 9) * std::sin(at / 2000));
  }
  return samples;
}

void measure(const std::string& name, const speech::NeuralModels& models, const speech::NeuralModel& model,
             const inference::SherpaModel& inspected, std::map<std::string, double>& figures,
             std::shared_ptr<const speech::SherpaEngine>& engine) {
  const Stopwatch loading;
  engine = value_of(speech::load_engine(models, model, inspected, 0));
  figures[name + "_load_ms"] = loading.microseconds() / 1000;
  const auto samples = sound();
  std::vector<double> blocks;
  std::vector<double> finals;
  for (int i = 0; i < kUtterances; ++i) {
    const auto utterance = value_of(engine->utterance(true, {}));
    for (std::size_t at = 0; at < samples.size(); at += kBlock) {
      const Stopwatch block;
      static_cast<void>(utterance->accept({samples.data() + at, kBlock}));
      while (value_of(utterance->advance())) {
      }
      static_cast<void>(utterance->take_partial());
      blocks.push_back(block.microseconds());
    }
    const Stopwatch final;
    value_of(utterance->finish());
    finals.push_back(final.microseconds());
  }
  figures[name + "_block_p50_us"] = percentile(blocks, 0.5);
  figures[name + "_block_p95_us"] = percentile(blocks, 0.95);
  figures[name + "_final_p50_us"] = percentile(finals, 0.5);
  figures[name + "_final_p95_us"] = percentile(finals, 0.95);
}

// Megabytes of a line of /proc/PID/smaps_rollup.
double memory(const std::string& pid, const std::vector<std::string>& keys) {
  std::ifstream file("/proc/" + pid + "/smaps_rollup");
  double sum = 0;
  for (std::string line; std::getline(file, line);) {
    for (const std::string& key : keys) {
      if (line.starts_with(key + ":")) sum += std::atof(line.c_str() + key.size() + 1) / 1024;
    }
  }
  return sum;
}

std::string child() {
  const auto self = std::to_string(::getpid());
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream children(task.path() / "children");
    std::string pid;
    if (children >> pid) return pid;
  }
  return self;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) return 2;
  speech::NeuralModels models;
  models.library = arguments[2];
  const speech::NeuralModel model{"digits", arguments[3], {"en"}};
  const auto inspected = value_of(inference::inspect_sherpa_model(model.folder));
  std::map<std::string, double> figures;
  std::shared_ptr<const speech::SherpaEngine> engine;
  models.host = std::make_shared<inference::EngineHost>(
      inference::EngineHostOptions{arguments[1], {"neural-engine"}}, std::make_shared<runtime::SystemClock>(),
      runtime::Log::none(), nullptr);
  measure("own", models, model, inspected, figures, engine);
  const auto pid = child();
  figures["own_resident_mb"] = memory(pid, {"Rss"});
  figures["own_resident_own_mb"] = memory(pid, {"Private_Clean", "Private_Dirty"});
  models.host.reset();
  measure("here", models, model, inspected, figures, engine);
  const char* separator = "{";
  for (const auto& [name, value] : figures) {
    std::printf("%s\"%s\": %.1f", separator, name.c_str(), value);
    separator = ", ";
  }
  std::printf("}\n");
  return 0;
}
