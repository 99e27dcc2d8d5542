// SPDX-License-Identifier: Apache-2.0
// One piece of a chat completion, as a server sends it (OpenAI API, "chat.completion.chunk", and the whole
// "chat.completion" of servers that do not stream).
#pragma once

#include "language/types.hpp"
#include "runtime/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::language {

struct ChatChunk {
  std::string text = {};
  std::optional<FinishReason> finish = std::nullopt;
  std::optional<Usage> usage = std::nullopt;
  std::vector<ToolCallDelta> calls = {};
};

// LLM_FAILED when the text is not such a piece, or is the server's report of an error; `server_message` then
// holds what the server said, for the log only.
runtime::Result<ChatChunk> read_chat_chunk(std::string_view json, std::string& server_message);

}  // namespace parley::language
