// SPDX-License-Identifier: Apache-2.0
// The embedded engine: answers with the sentences of the passages themselves. No weights, no network.
#pragma once

#include "language/chat_model.hpp"

#include <memory>

namespace parley::language {

// Answers at once, within a few milliseconds and on the calling thread: one delta with the text and its
// citations, then the end. kRefused when no sentence answers. History, instructions and whatever the passages
// tell a reader to do have no influence. Thread-safe.
std::unique_ptr<ChatModel> make_extractive();

}  // namespace parley::language
