// SPDX-License-Identifier: Apache-2.0
// A question in, an answer from the documents out: retrieval and language model together, for spoken turns,
// typed ones and `parley ask` alike.
#pragma once

#include "conversation/config.hpp"
#include "conversation/endpointing.hpp"
#include "knowledge/retriever.hpp"
#include "language/chat_model.hpp"
#include "runtime/metrics.hpp"
#include "speech/types.hpp"

#include <memory>
#include <string>
#include <vector>

namespace parley::conversation {

struct Answer {
  std::string text;
  std::vector<language::Citation> citations;
  bool refused = false;
  language::Usage usage;
};

class Answerer {
 public:
  Answerer(std::shared_ptr<knowledge::Retriever> retriever, std::shared_ptr<language::ChatModel> model,
           Config config);

  // The passages for a question, as many as the configuration says. A question without content words finds
  // nothing.
  runtime::Task<runtime::Result<knowledge::SearchResult>> search(runtime::Context context,
                                                                 knowledge::Query question);

  // Streams the answer to `request` from what was found, which is put into it. Without instructions of its
  // own it has the configured ones.
  runtime::Stream<language::ChatDelta> answer(const runtime::Context& context, language::ChatRequest request,
                                              const knowledge::SearchResult& found);

  // Streams the answer to a question: both, with the words that were mis-heard corrected.
  runtime::Task<runtime::Result<runtime::Stream<language::ChatDelta>>> begin(runtime::Context context,
                                                                             knowledge::Query question);

  // The same, collected. The second for a question in writing.
  runtime::Task<runtime::Result<Answer>> ask(runtime::Context context, knowledge::Query question);
  runtime::Task<runtime::Result<Answer>> ask(runtime::Context context, std::string question);

  // What is to be remembered of earlier turns. Errors as of ChatModel::summarize().
  runtime::Task<runtime::Result<std::string>> summarize(runtime::Context context,
                                                        language::SummaryRequest request);

  language::ModelInfo model_info() const { return model_->info(); }
  std::string retrieval_engine() const { return retriever_->engine(); }

 private:
  std::shared_ptr<knowledge::Retriever> retriever_;
  std::shared_ptr<language::ChatModel> model_;
  Config config_;
};

// The search for what was heard: with the words that the recogniser weighed, forgiving those it mis-heard.
knowledge::Query heard_query(const speech::Transcript& transcript);

// `text` with the words of the documents in the place of those that were mis-heard for them, each where it
// stands for the first time; the case of the first letter is kept.
std::string corrected(std::string text, const std::vector<knowledge::Correction>& corrections);

// What the best hit holds of the question's content words, in its text or its headings.
Support support(const knowledge::SearchResult& found);

}  // namespace parley::conversation
