// SPDX-License-Identifier: Apache-2.0
// The port of engines that find words for an answer.
#pragma once

#include "language/types.hpp"
#include "runtime/context.hpp"
#include "runtime/result.hpp"
#include "runtime/stream.hpp"
#include "runtime/task.hpp"

#include <string>

namespace parley::language {

struct ModelInfo {
  std::string name;             // "extractive", "openai-compatible: llama-3"
  std::string where = "local";  // "local" or "cloud": where the question and the passages go
};

class ChatModel {
 public:
  virtual ~ChatModel() = default;

  virtual ModelInfo info() const = 0;

  // Streams the answer. Speakable text: no Markdown, no lists, no citation marks. kRefused means that the
  // passages do not hold the answer and the text says so. The stream fails with LLM_FAILED when the engine or
  // the provider does, TIMEOUT or CANCELLED as the context says; text that arrived before stays valid.
  // Destroying the stream stops generation. An answer may call tools of the request, beside its words or in
  // their place; the caller runs them and asks again, with the results in ChatRequest::since.
  virtual runtime::Stream<ChatDelta> answer(const runtime::Context& context, ChatRequest request) = 0;

  // What was said, in fewer words, for ChatRequest::summary. Errors as of answer(). An engine that has no
  // words of its own lists what was asked (summary.hpp).
  virtual runtime::Task<runtime::Result<std::string>> summarize(runtime::Context context,
                                                                SummaryRequest request);
};

}  // namespace parley::language
