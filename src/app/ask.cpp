// SPDX-License-Identifier: Apache-2.0
#include "app/commands.hpp"
#include "app/platform.hpp"
#include "app/running_server.hpp"
#include "app/terminal.hpp"
#include "conversation/answer_json.hpp"
#include "runtime/json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

namespace parley::app {
namespace json = boost::json;

using runtime::Result;
using runtime::Task;

namespace {

Task<> answer(conversation::Answerer* answerer, std::string question, Result<conversation::Answer>* out) {
  const runtime::Context context;
  *out = co_await answerer->ask(context, std::move(question));
}

Result<json::value> ask_here(const CommandContext& context, const std::string& question) {
  auto platform = Platform::open(context.config, context.data_dir, {.answers = true});
  if (!platform) return platform.error();
  Result<conversation::Answer> result = conversation::Answer{};
  (*platform)->io().run(answer((*platform)->answerer().get(), question, &result));
  if (!result) return result.error();
  return json::value(conversation::answer_json(question, *result, *(*platform)->answerer()));
}

Result<json::value> ask_server(RunningServer& server, const std::string& question) {
  net::HttpRequest request{.method = "POST", .url = server.url("/api/v1/ask")};
  request.headers.add("Content-Type", "application/json");
  request.body = runtime::to_json({{"question", question}});
  return server.call(std::move(request));
}

std::string text_of(const json::value& object, std::string_view key) {
  const auto* found = object.as_object().if_contains(key);
  return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

void print_answer(const json::value& result) {
  fmt::print("{}\n", text_of(result, "answer"));
  for (const json::value& citation : result.at("citations").as_array()) {
    const std::string heading = text_of(citation, "heading");
    fmt::print("  {}{}: \"{}\"\n", text_of(citation, "document"), heading.empty() ? "" : ", " + heading,
               text_of(citation, "quote"));
  }
}

}  // namespace

int ask(const CommandContext& context, const std::string& question) {
  auto server = RunningServer::find(context.data_dir);
  if (!server) {
    complain("", server.error());
    return kExitFailed;
  }
  const auto result = *server ? ask_server(**server, question) : ask_here(context, question);
  if (!result) {
    complain("", result.error());
    return kExitFailed;
  }
  if (context.json) {
    fmt::print("{}\n", runtime::to_json(*result));
  } else {
    print_answer(*result);
  }
  return kExitDone;
}

}  // namespace parley::app
