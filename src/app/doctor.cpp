// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/version.hpp"
#include "inference/module.hpp"
#include "language/discovery.hpp"
#include "language/module.hpp"
#include "net/http_client.hpp"
#include "runtime/json.hpp"

#include <functional>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace parley::app {
namespace json = boost::json;

using runtime::Result;
using runtime::Task;

namespace {

struct Check {
  std::string name;
  bool good;
  std::string finding;
};

std::string place(const std::string& where) {
  return where == "local" ? "on this machine" : "sent to " + where;
}

Check check_engines(const CommandContext& context, std::vector<Check>& checks) {
  const auto platform = Platform::open(context.config, context.data_dir, {.hears = true, .speaks = true});
  if (!platform) return {"engines", false, runtime::to_string(platform.error())};
  const auto hearing = (*platform)->recognizer()->info();
  const auto speaking = (*platform)->synthesizer()->info();
  const auto warm = (*platform)->warm_up();
  checks.push_back(
      {"voice activity", true,
       (*platform)->voice_network() ? std::string("Silero VAD") : std::string("embedded detector")});
  checks.push_back({"hearing", static_cast<bool>(warm),
                    fmt::format("{}: audio stays {}", hearing.name, place(hearing.where))});
  checks.push_back({"speaking", true,
                    fmt::format("{} ({} voices: parley say --voices): text stays {}", speaking.name,
                                (*platform)->synthesizer()->voices().size(), place(speaking.where))});
  if (!warm) return {"engines", false, runtime::to_string(warm.error())};
  const auto troubles = (*platform)->engine_troubles();
  if (!troubles.empty()) return {"engines", false, fmt::format("{}", fmt::join(troubles, "; "))};
  return {"engines", true, "loaded and tried"};
}

Check check_models(const CommandContext& context) {
  const auto store = inference::open_store(context.config.models);
  if (!store) return {"models", false, runtime::to_string(store.error())};
  std::vector<std::string> names;
  for (const auto& model : store->models()) {
    if (store->present(model)) names.push_back(model.name + " " + model.version);
  }
  if (names.empty()) return {"models", true, "none; parley models list shows what there is to fetch"};
  return {"models", true, fmt::format("{}", fmt::join(names, ", "))};
}

Check check_model(const CommandContext& context) {
  runtime::IoThreads io(1);
  runtime::ComputePool pool({.threads = 1});
  const auto http = std::make_shared<net::HttpClient>(io.executor(), context.config.http_client);
  const auto model =
      language::make_chat_model(context.config.language, {pool, io.executor(), http, runtime::Log::none()});
  if (!model) return {"answering", false, runtime::to_string(model.error())};
  const auto info = (*model)->info();
  const language::OpenAiConfig& server = context.config.language.openai;
  std::string where = "questions and passages stay on this machine";
  if (info.where != "local") {
    where = "questions and passages are sent to " + server.base_url;
    if (server.unencrypted()) where += ", unencrypted";
  }
  return {"answering", true, info.name + ": " + where};
}

Check check_data(const CommandContext& context) {
  const auto running = storage::DataDirectory::running_address(context.data_dir);
  if (!running) return {"data", false, runtime::to_string(running.error())};
  if (running->has_value()) {
    return {"data", true,
            fmt::format("{}, in use by {}", context.data_dir.string(),
                        (*running)->empty() ? "another command" : "the server at " + **running)};
  }
  const auto locked = storage::DataDirectory::lock(context.data_dir);
  if (!locked) return {"data", false, runtime::to_string(locked.error())};
  return {"data", true, context.data_dir.string() + ", can be written"};
}

Check check_wyoming(const realtime::Config& config) {
  if (config.wyoming.empty()) return {"wyoming", true, "off; parley serve --wyoming lets Home Assistant in"};
  return {"wyoming", true,
          config.wyoming + (config.wyoming_is_exposed()
                                ? ", UNAUTHENTICATED: whoever can reach this address is the local user"
                                : ", unauthenticated, for this machine only")};
}

Task<> find_servers(std::shared_ptr<net::HttpClient> http, std::vector<language::LocalServer>* out) {
  const runtime::Context context;
  *out = co_await language::find_local_servers(context, std::move(http), language::well_known_servers());
}

std::vector<language::LocalServer> local_servers(const CommandContext& context) {
  runtime::IoThreads io(1);
  std::vector<language::LocalServer> servers;
  io.run(
      find_servers(std::make_shared<net::HttpClient>(io.executor(), context.config.http_client), &servers));
  return servers;
}

}  // namespace

int doctor(const CommandContext& context) {
  std::vector<Check> checks;
  checks.push_back(check_engines(context, checks));
  checks.push_back(check_model(context));
  checks.push_back(check_models(context));
  checks.push_back(check_data(context));
  checks.push_back(check_wyoming(context.config.realtime));
  bool good = true;
  for (const Check& check : checks) good = good && check.good;
  const auto servers = local_servers(context);
  if (context.json) {
    json::array list;
    for (const Check& check : checks) {
      list.push_back({{"check", check.name}, {"good", check.good}, {"finding", check.finding}});
    }
    json::array offered;
    for (const auto& server : servers) offered.push_back({{"name", server.name}, {"url", server.base_url}});
    fmt::print(
        "{}\n",
        runtime::to_json({{"version", kVersion}, {"good", good}, {"checks", list}, {"local_llms", offered}}));
    return good ? kExitDone : kExitFailed;
  }
  fmt::print("parley {}\n", kVersion);
  for (const Check& check : checks)
    fmt::print("  {}  {:<14} {}\n", check.good ? "ok  " : "FAIL", check.name, check.finding);
  for (const auto& server : servers) {
    fmt::print("  {} answers on this machine. To let it answer your questions: parley serve --llm {}\n",
               server.name, server.base_url);
  }
  return good ? kExitDone : kExitFailed;
}

}  // namespace parley::app
