// SPDX-License-Identifier: Apache-2.0
// Chat completions of any server that speaks OpenAI's protocol.
// https://platform.openai.com/docs/api-reference/chat/create
#pragma once

#include "language/chat_model.hpp"
#include "language/module.hpp"

#include <memory>

namespace parley::language {

// The base address without a trailing slash or "/chat/completions", with "/v1" when it has no path.
std::string normal_base_url(const std::string& base_url);

// Each answer is one streamed POST <base>/chat/completions, tried once more when the server cannot be reached
// or answers 429 or 503 (after the time it asks for, if that is short) before the first word. Destroying the
// stream closes the connection. Thread-safe.
std::shared_ptr<ChatModel> make_openai_compatible(const OpenAiConfig& config, const Deps& deps);

}  // namespace parley::language
