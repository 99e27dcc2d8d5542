// SPDX-License-Identifier: Apache-2.0
// Parley's protocols, sessions, voice activity detection and turns in one I/O thread, in front of engines
// that take no time: what a conversation costs without the models. Prints the port; serves until its input
// ends.
#include "net/server.hpp"

#include "conversation/testing/scripted_engines.hpp"
#include "realtime/module.hpp"
#include "runtime/error.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <sys/resource.h>

namespace parley {
namespace {

// Hears one word more every 400 ms.
class Ear final : public speech::Recognizer {
 public:
  explicit Ear(runtime::Executor executor) : tasks_(std::move(executor)) {}
  speech::EngineInfo info() const override { return {"scripted recogniser", "local"}; }
  runtime::Stream<speech::Transcript> recognize(const runtime::Context&, runtime::Stream<audio::Pcm> audio,
                                                speech::RecognizeOptions) override {
    auto [stream, writer] = runtime::make_stream<speech::Transcript>(16);
    tasks_.spawn(listen(std::move(audio), std::move(writer)));
    return std::move(stream);
  }

 private:
  static constexpr std::int64_t kWordSamples = 6400;

  static runtime::Task<> listen(runtime::Stream<audio::Pcm> audio,
                                runtime::StreamWriter<speech::Transcript> writer) {
    constexpr std::array kWords{"when", " does", " the", " shop", " open", " on", " sundays"};
    speech::Transcript transcript;
    std::size_t told = 0;
    for (;;) {
      const auto block = co_await audio.next();
      if (!block) co_return;
      if (!block->has_value()) break;
      transcript.processed += static_cast<std::int64_t>((*block)->samples.size());
      if (told == kWords.size() || transcript.processed / kWordSamples <= static_cast<std::int64_t>(told)) {
        continue;
      }
      transcript.spoken += kWords[told++];
      transcript.text = transcript.spoken;
      if (!writer.push(transcript)) co_return;
    }
    transcript.is_final = true;
    const auto pushed = writer.push(std::move(transcript));
    static_cast<void>(pushed);
  }

  runtime::TaskGroup tasks_;
};

class Mind final : public language::ChatModel {
 public:
  language::ModelInfo info() const override { return {"scripted model", "local"}; }
  runtime::Stream<language::ChatDelta> answer(const runtime::Context&, language::ChatRequest) override {
    auto [stream, writer] = runtime::make_stream<language::ChatDelta>(8);
    language::ChatDelta last;
    last.finish = language::FinishReason::kStop;
    for (auto& delta :
         {language::ChatDelta{"The shop opens at ten. "}, language::ChatDelta{"It closes at six. "},
          language::ChatDelta{"Do come in."}, last}) {
      const auto pushed = writer.push(delta);
      static_cast<void>(pushed);
    }
    return std::move(stream);
  }
};

std::shared_ptr<conversation::Answerer> answerer(const conversation::Config& config) {
  return std::make_shared<conversation::Answerer>(
      std::make_shared<conversation::testing::ScriptedRetriever>(), std::make_shared<Mind>(), config);
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
      {.engines = {.recognizer = std::make_shared<Ear>(threads->executor()),
                   .synthesizer = std::make_shared<conversation::testing::ScriptedSynthesizer>(),
                   .answerer = answerer(defaults),
                   .bias = nullptr,
                   .clock = clock,
                   .log = log,
                   .vad = {},
                   .config = defaults},
       .metrics = metrics,
       .tokens = tokens,
       .authenticator = accounts::Authenticator(tokens, false),
       .sessions = conversation::make_memory_session_store(config.session_limits(), clock),
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
