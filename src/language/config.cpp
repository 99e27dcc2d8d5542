// SPDX-License-Identifier: Apache-2.0
#include "language/config.hpp"

#include "language/module.hpp"
#include "runtime/loopback.hpp"

#include <algorithm>
#include <string_view>

#include <boost/url/parse.hpp>

namespace parley::language {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

void OpenAiConfig::bind(runtime::ConfigSpec& spec) {
  spec.bind("language.openai.base_url", base_url,
            "Address of a server with OpenAI's chat completions, for engine = \"openai-compatible\"");
  spec.bind("language.openai.model", model, "Model to ask for; empty: the first that the server lists");
  spec.bind("language.openai.api_key", api_key,
            "Key of that server; never used while another engine is chosen",
            {.environment = {"OPENAI_API_KEY"}, .secret = true});
  spec.bind("language.openai.temperature", temperature, "0 to 2; negative: leave it to the server");
  spec.bind("language.openai.max_tokens", max_tokens, "Most tokens of one answer");
  spec.bind("language.openai.history_chars", history_chars, "Most characters of earlier turns that are sent");
  spec.bind("language.openai.passage_chars", passage_chars, "Most characters of passages that are sent");
  spec.bind("language.openai.connect_timeout", connect_timeout, "To reach the server, in milliseconds");
  spec.bind("language.openai.first_token_timeout", first_token_timeout,
            "Longest silence before the first and between two words of an answer, in milliseconds");
  spec.bind("language.openai.timeout", timeout, "For a whole answer, in milliseconds");
}

Result<> OpenAiConfig::validate() const {
  const auto bad = [](std::string message, std::string key) {
    return Error{ErrorCode::kBadRequest, std::move(message), "language.openai." + std::move(key)};
  };
  const auto url = boost::urls::parse_uri(base_url);
  if (!url || (url->scheme() != "http" && url->scheme() != "https") || url->host().empty()) {
    return bad("must be an http or https address", "base_url");
  }
  if (url->host() == "api.openai.com" && model.empty()) return bad("name a model for OpenAI", "model");
  if (api_key.find_first_of("\r\n") != std::string::npos) return bad("must be one line", "api_key");
  if (temperature > 2) return bad("must be at most 2", "temperature");
  if (max_tokens < 1) return bad("must be greater than 0", "max_tokens");
  if (history_chars < 0) return bad("must not be negative", "history_chars");
  if (passage_chars < 1000) return bad("must be at least 1000", "passage_chars");
  if (connect_timeout.count() < 1) return bad("must be greater than 0", "connect_timeout");
  if (first_token_timeout.count() < 1) return bad("must be greater than 0", "first_token_timeout");
  if (timeout.count() < 1) return bad("must be greater than 0", "timeout");
  return {};
}

bool OpenAiConfig::unencrypted() const {
  const auto url = boost::urls::parse_uri(base_url);
  return url && url->scheme_id() == boost::urls::scheme::http && !runtime::is_loopback_url(base_url);
}

void Config::bind(runtime::ConfigSpec& spec) {
  spec.bind("language.engine", engine, "extractive (built in) or openai-compatible");
  openai.bind(spec);
}

Result<> Config::validate() const {
  const auto engines = chat_engines();
  if (std::ranges::find(engines, engine) == engines.end()) {
    std::string known;
    for (const std::string_view one : engines) known += (known.empty() ? "" : ", ") + std::string(one);
    return Error{ErrorCode::kBadRequest, "must be one of " + known, "language.engine"};
  }
  return engine == "openai-compatible" ? openai.validate() : Result<>();
}

}  // namespace parley::language
