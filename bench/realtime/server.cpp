// SPDX-License-Identifier: Apache-2.0
// Parley's protocols, sessions, voice activity detection and turns in one I/O thread, in front of engines
// that take no time: what a conversation costs without the models. Prints the port; serves until its input
// ends.
#include "net/server.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "conversation/testing/shared_engines.hpp"
#include "realtime/module.hpp"
#include "runtime/error.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

namespace parley {
namespace {

using conversation::testing::ConstantModel;
using conversation::testing::ScriptedRetriever;
using conversation::testing::ScriptedSynthesizer;
using conversation::testing::WordwiseRecognizer;

std::shared_ptr<conversation::Answerer> answerer(const conversation::Config& config) {
  const std::vector<std::string> answer{"The shop opens at ten. ", "It closes at six. ", "Do come in."};
  return std::make_shared<conversation::Answerer>(std::make_shared<ScriptedRetriever>(),
                                                  std::make_shared<ConstantModel>(answer), config);
}

std::shared_ptr<speech::Synthesizer> voice() {
  const auto voice = std::make_shared<ScriptedSynthesizer>();
  voice->chunk = std::chrono::milliseconds(200);
  return voice;
}

int serve(std::int64_t max_sessions) {
  const auto threads = std::make_shared<runtime::IoThreads>(1);
  const auto clock = std::make_shared<runtime::SystemClock>();
  runtime::Metrics metrics;
  const auto log = runtime::Log::none();
  const auto tokens = *accounts::SignedTokens::create("the secret of a benchmark: 32 bytes", clock);
  const conversation::Config defaults;
  realtime::Config config;
  config.max_sessions = max_sessions;
  realtime::Realtime realtime(
      {.engines = {.recognizer = std::make_shared<WordwiseRecognizer>(threads->executor()),
                   .synthesizer = voice(),
                   .answerer = answerer(defaults),
                   .bias = nullptr,
                   .clock = clock,
                   .log = log,
                   .vad = {},
                   .config = defaults},
       .metrics = metrics,
       .tokens = tokens,
       .authenticator = accounts::Authenticator(tokens, false),
       .sessions = conversation::make_session_store(config.session_limits(), clock),
       .config = config,
       .strand = [threads] { return threads->strand(); }});
  net::Router router;
  realtime.add_routes(router);
  net::ServerConfig listening;
  listening.listen = {"127.0.0.1:0"};
  listening.connections = 100'000;
  net::Server server(listening, std::move(router),
                     {*threads, metrics, log, std::filesystem::temp_directory_path()});
  const auto started = server.start();
  if (!started) {
    fmt::print(stderr, "{}\n", runtime::to_string(started.error()));
    return 1;
  }
  fmt::print("{}\n", server.addresses().front().port);
  std::fflush(stdout);
  while (std::getchar() != EOF) {
  }
  const auto now = clock->now();
  threads->run(server.stop(now));
  threads->run(realtime.stop(now));
  return 0;
}

}  // namespace
}  // namespace parley

int main(int count, char** arguments) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  return parley::serve(count > 1 ? std::strtoll(arguments[1], nullptr, 10) : 100'000);
}
