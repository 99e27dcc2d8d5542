// SPDX-License-Identifier: Apache-2.0
#include "accounts/module.hpp"
#include "app/client_channel.hpp"
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/spoken_turn.hpp"
#include "app/terminal.hpp"
#include "app/version.hpp"
#include "gateway/module.hpp"
#include "net/server.hpp"
#include "realtime/module.hpp"
#include "realtime/session_journal.hpp"
#include "runtime/task_group.hpp"
#include "speech/voice_network.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <malloc.h>
#include <signal.h>

namespace parley::app {
namespace fs = std::filesystem;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

// Asked in the proof of `serve --demo`.
constexpr std::string_view kDemoQuestion = "When is the shop open?";

// Something that belongs to the program: beside the sources it was built from, or where it was installed.
std::optional<fs::path> find_beside(const fs::path& binary, const std::vector<fs::path>& candidates) {
  for (const fs::path& candidate : candidates) {
    const fs::path path = fs::weakly_canonical(binary.parent_path() / candidate);
    if (fs::exists(path)) return path;
  }
  return std::nullopt;
}

// Speaks a question to the real session and shows what came of it.
Result<> prove_one_turn(Platform& platform) {
  const auto question = platform.say(std::string(kDemoQuestion));
  if (!question) return question.error();
  const SpokenResult result = speak_to_session(platform.io(), platform.session_parts(), *question);
  if (result.recognition_error) return *result.recognition_error;
  if (result.turns.empty()) return Error{ErrorCode::kAsrFailed, "the spoken question was not understood"};
  print_turn(fmt::format("A spoken turn: \"{}\"", kDemoQuestion), result.turns.front());
  if (result.turns.front().error) return *result.turns.front().error;
  return {};
}

Result<> seed(Platform& platform, const CommandContext& context, const ServeArguments& arguments) {
  std::vector<fs::path> folders;
  if (arguments.demo) {
    const auto demo = find_beside(context.binary, {"../../demo", "../share/parley/demo"});
    if (!demo) return Error{ErrorCode::kNotFound, "the demo documents are not installed beside the program"};
    folders.push_back(*demo);
  }
  if (!arguments.docs.empty()) folders.emplace_back(arguments.docs);
  for (const fs::path& folder : folders) {
    const auto indexed = platform.index_folder(folder);
    if (!indexed) return Error{indexed.error().code, indexed.error().message, folder.string()};
    fmt::print("parley: {} documents from {}\n", *indexed, folder.string());
  }
  return {};
}

// For /ready: the documents can be reached, and so the database.
Task<Result<>> documents_ready(runtime::Context context, knowledge::Library* library) {
  const auto status = co_await library->status(std::move(context));
  if (!status) co_return status.error();
  co_return Result<>();
}

gateway::Parts gateway_parts(Platform& platform, const net::ServerConfig& config) {
  return {.library = platform.library(),
          .answerer = platform.answerer(),
          .retriever = platform.retriever(),
          .pool = platform.compute(),
          .metrics = platform.metrics(),
          .clock = *platform.clock(),
          .version = std::string(kVersion),
          .engines =
              [&platform] {
                const auto hearing = platform.recognizer()->info();
                const auto speaking = platform.synthesizer()->info();
                const auto answering = platform.answerer()->model_info();
                std::map<std::string, gateway::Engine> engines{{"asr", {hearing.name, hearing.where}},
                                                               {"tts", {speaking.name, speaking.where}},
                                                               {"llm", {answering.name, answering.where}}};
                const auto troubles = platform.engine_troubles();
                if (!troubles.empty())
                  engines["trouble"] = {fmt::format("{}", fmt::join(troubles, "; ")), "local"};
                return engines;
              },
          .ready = {{"documents",
                     [library = &platform.library()](runtime::Context check) {
                       return documents_ready(std::move(check), library);
                     }}},
          .upload_bytes = static_cast<std::size_t>(config.upload_bytes),
          .web_dir = config.web_dir};
}

// What a crowd needed stays with the C library, hundreds of megabytes in the arenas of the I/O threads. To
// give it back takes those threads some ten milliseconds.
void give_memory_back() { malloc_trim(0); }

Result<realtime::Parts> realtime_parts(Platform& platform,
                                       std::shared_ptr<const accounts::SignedTokens> tokens) {
  const Config& config = platform.config();
  auto known = realtime::journalled_sessions(platform.database(), *platform.log());
  if (!known) return known.error();
  auto journal = realtime::make_session_journal({platform.database(), platform.compute(), platform.log()});
  conversation::SessionParts engines = platform.session_parts();
  engines.profiles = platform.profiles();
  engines.traces = platform.make_traces();
  engines.recordings = platform.make_recordings();
  return realtime::Parts{
      .engines = std::move(engines),
      .metrics = platform.metrics(),
      .tokens = tokens,
      .authenticator = accounts::Authenticator(tokens, config.accounts.token_needed),
      .sessions = conversation::make_session_store(config.realtime.session_limits(), platform.clock(),
                                                   std::move(journal), std::move(*known)),
      .config = config.realtime,
      .strand = [&platform] { return platform.io().strand(); },
      .waiting = [&platform] { return platform.waiting(); },
      .idle = give_memory_back};
}

// SIGINT and SIGTERM ask for an orderly stop; a second one ends the process at once.
Task<> wait_for_stop(boost::asio::signal_set* signals) {
  co_await signals->async_wait(boost::asio::use_awaitable);
  signal(SIGINT, SIG_DFL);
  signal(SIGTERM, SIG_DFL);
}

Task<> stop_server(net::Server* server, realtime::Realtime* conversations, std::chrono::milliseconds grace) {
  const auto deadline = runtime::SystemClock().now() + grace;
  const runtime::Executor here = co_await boost::asio::this_coro::executor;
  runtime::TaskGroup tasks(here);
  tasks.spawn(conversations->stop(deadline));
  co_await server->stop(deadline);
  const bool ended = co_await tasks.wait_idle(runtime::TimePoint::max());
  static_cast<void>(ended);
}

std::string addresses(const net::Server& server, bool tls) {
  std::vector<std::string> urls;
  for (const net::ListenAddress& address : server.addresses()) {
    const std::string host =
        address.host.find(':') == std::string::npos ? address.host : "[" + address.host + "]";
    urls.push_back(fmt::format("http://{}:{}", host, address.port));
    if (tls) urls.push_back(fmt::format("https://{}:{}", host, address.port));
  }
  return fmt::format("{}", fmt::join(urls, ", "));
}

}  // namespace

int serve(const CommandContext& context, const ServeArguments& arguments) {
  auto opened =
      Platform::open(context.config, context.data_dir, {.hears = true, .speaks = true, .answers = true});
  if (!opened) {
    complain("", opened.error());
    return kExitFailed;
  }
  Platform& platform = **opened;
  const auto warm = platform.warm_up();
  const auto seeded = warm ? seed(platform, context, arguments) : warm;
  platform.follow_documents();
  const auto proved = seeded && arguments.demo ? prove_one_turn(platform) : seeded;
  if (!proved) {
    complain("", proved.error());
    return kExitFailed;
  }

  if (arguments.demo && !platform.voice_network()) {
    fmt::print("parley: for better ears in noise: parley models pull {}\n", speech::kVoiceModel);
  }

  net::ServerConfig server_config = context.config.server;
  if (server_config.web_dir.empty()) {
    const auto web = find_beside(context.binary, {"../../web/dist", "../share/parley/web"});
    if (web) server_config.web_dir = web->string();
  }
  net::Router router;
  const auto routed = gateway::add_routes(router, gateway_parts(platform, server_config));
  if (!routed) {
    complain(server_config.web_dir, routed.error());
    return kExitFailed;
  }
  auto tokens = accounts::open_tokens(context.config.accounts, context.data_dir, platform.clock());
  if (!tokens) {
    complain("", tokens.error());
    return kExitFailed;
  }
  auto realtime = realtime_parts(platform, std::move(*tokens));
  if (!realtime) {
    complain("", realtime.error());
    return kExitFailed;
  }
  realtime::Realtime conversations(std::move(*realtime));
  conversations.add_routes(router);
  net::Server server(server_config, std::move(router),
                     {platform.io(), platform.metrics(), platform.log(), context.data_dir});
  const auto started = server.start();
  if (!started) {
    complain("", started.error());
    return kExitFailed;
  }
  const auto wyoming = conversations.listen();
  if (!wyoming) {
    complain("", wyoming.error());
    return kExitFailed;
  }
  const std::string ready = addresses(server, server_config.tls != "off");
  const auto published = platform.data_directory().publish_address(ready.substr(0, ready.find(',')));
  if (!published) complain("", published.error());
  // Caught from before anybody is told that the server is there.
  boost::asio::signal_set signals(platform.io().executor(), SIGINT, SIGTERM);
  if (!context.config.log.file.empty()) fmt::print("parley: the log is in {}\n", context.config.log.file);
  if (!wyoming->empty()) {
    const bool exposed = context.config.realtime.wyoming_is_exposed();
    fmt::print("parley: Wyoming on tcp://{}{}\n", *wyoming,
               exposed ? ", UNAUTHENTICATED: whoever can reach this address is the local user" : "");
  }
  fmt::print("parley: ready on {}\n", ready);
  std::fflush(stdout);
  platform.io().run(wait_for_stop(&signals));
  platform.log()->info({}, "stopping");
  platform.io().run(stop_server(&server, &conversations, context.config.process.stop_grace));
  return kExitDone;
}

}  // namespace parley::app
