// SPDX-License-Identifier: Apache-2.0
// Settings of the engines that find words for an answer.
#pragma once

#include "runtime/config.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace parley::language {

// A server that speaks OpenAI's chat completions: OpenAI, Groq, vLLM, llama.cpp, Ollama. Used only when
// language.engine names it; a key in the environment alone sends nothing anywhere.
struct OpenAiConfig {
  std::string base_url = "http://127.0.0.1:11434/v1";  // without a path, "/v1" is meant
  std::string model = {};                              // empty: the first that the server lists
  std::string api_key = {};
  double temperature = 0.2;       // negative: not sent, for models that take none
  std::int64_t max_tokens = 300;  // of one answer
  std::int64_t history_chars = 6000;
  std::int64_t passage_chars = 12'000;
  std::chrono::milliseconds connect_timeout{2000};
  std::chrono::milliseconds first_token_timeout{15'000};  // also the longest silence after it
  std::chrono::milliseconds timeout{60'000};              // of a whole answer

  void bind(runtime::ConfigSpec& spec);
  runtime::Result<> validate() const;
  // Questions, passages and the key travel to another machine by plain HTTP.
  bool unencrypted() const;
};

struct Config {
  std::string engine = "extractive";  // a key of the table in module.cpp
  OpenAiConfig openai;

  void bind(runtime::ConfigSpec& spec);
  // BAD_REQUEST naming the key that cannot be.
  runtime::Result<> validate() const;
};

}  // namespace parley::language
