// SPDX-License-Identifier: Apache-2.0
// Summaries of what was said, for the model that goes on with the conversation.
#pragma once

#include "language/chat_model.hpp"

#include <string>

namespace parley::language {

// What the user asked, in their own words, the newest as far as there is room: for engines that write none of
// their own. Goes on from a summary that it made itself.
std::string questions_asked(const SummaryRequest& request);

// In the words of `model`, which is asked with instructions of its own. Errors as of ChatModel::answer;
// LLM_FAILED when it says nothing.
runtime::Task<runtime::Result<std::string>> summarize_with(ChatModel* model, runtime::Context context,
                                                           SummaryRequest request);

}  // namespace parley::language
