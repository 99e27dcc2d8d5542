// SPDX-License-Identifier: Apache-2.0
// The embedded engine: answers with the sentences of the passages themselves. No weights, no network.
#pragma once

#include "language/chat_model.hpp"
#include "runtime/compute_pool.hpp"

#include <memory>

namespace parley::language {

// Answers within a few milliseconds of `pool`, which must outlive it: one delta with the text and its
// citations, then the end. kRefused when no sentence answers. OVERLOADED when the pool is full. History,
// instructions and whatever the passages tell a reader to do have no influence. Thread-safe.
std::unique_ptr<ChatModel> make_extractive(runtime::ComputePool& pool);

}  // namespace parley::language
