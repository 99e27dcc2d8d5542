// SPDX-License-Identifier: Apache-2.0
#include "language/providers/model_list.hpp"

#include "language/discovery.hpp"
#include "runtime/json.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <boost/json/value.hpp>

namespace parley::language {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<std::vector<std::string>> read_model_list(std::string_view text) {
  const Error unreadable{ErrorCode::kLlmFailed, "the language server did not list its models"};
  const auto root = runtime::parse_json(text);
  if (!root || !root->is_object()) return unreadable;
  const auto* data = root->get_object().if_contains("data");
  if (data == nullptr || !data->is_array()) return unreadable;
  std::vector<std::string> ids;
  for (const auto& item : data->get_array()) {
    const auto* id = item.is_object() ? item.get_object().if_contains("id") : nullptr;
    if (id != nullptr && id->is_string()) ids.emplace_back(id->get_string());
  }
  return ids;
}

bool can_chat(std::string_view model) {
  constexpr auto kOther =
      std::to_array<std::string_view>({"embed", "whisper", "tts", "moderation", "rerank", "dall-e", "bge-"});
  return std::ranges::none_of(
      kOther, [model](std::string_view part) { return model.find(part) != std::string_view::npos; });
}

runtime::Task<Result<std::vector<std::string>>> list_models(runtime::Context context,
                                                            std::shared_ptr<net::HttpClient> http,
                                                            net::HttpRequest request) {
  const auto answer = co_await http->request(std::move(context), std::move(request));
  if (!answer) co_return answer.error();
  if (answer->head.status != 200) {
    co_return Error{ErrorCode::kLlmFailed, "the language server did not list its models"};
  }
  co_return read_model_list(answer->body);
}

std::vector<ProbeTarget> well_known_servers() { return {{"Ollama", 11434}, {"llama.cpp", 8080}}; }

runtime::Task<std::vector<LocalServer>> find_local_servers(runtime::Context context,
                                                           std::shared_ptr<net::HttpClient> http,
                                                           std::vector<ProbeTarget> targets) {
  constexpr std::chrono::milliseconds kPatience{400};
  std::vector<LocalServer> found;
  for (const ProbeTarget& target : targets) {
    LocalServer server{target.name, "http://127.0.0.1:" + std::to_string(target.port) + "/v1", {}};
    net::HttpRequest request{.url = server.base_url + "/models", .connect_timeout = kPatience};
    const auto within = context.until(runtime::SystemClock().now() + kPatience);
    auto models = co_await list_models(within, http, std::move(request));
    if (!models) continue;
    server.models = std::move(*models);
    found.push_back(std::move(server));
  }
  co_return found;
}

}  // namespace parley::language
