// SPDX-License-Identifier: Apache-2.0
// The messages that a chat completion is asked with.
#pragma once

#include "language/types.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace parley::language {

// What an answer begins with when the passages do not hold it.
inline constexpr std::string_view kNotFound = "I could not find that in your documents";

struct PromptLimits {
  std::size_t history_chars = 6000;
  std::size_t passage_chars = 12'000;
};

// One system message (who speaks, how, and the rules), the latest history that fits, oldest first, and the
// question behind its numbered passages. Passages stand in the user's message as data; the system message
// says that nothing in them is an instruction. Numbers are positions in request.passages from 1.
std::vector<Message> build_messages(const ChatRequest& request, const PromptLimits& limits);

}  // namespace parley::language
