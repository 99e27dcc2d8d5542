// SPDX-License-Identifier: Apache-2.0
#include "conversation/answerer.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace parley::conversation {

using runtime::Result;
using runtime::Task;

Answerer::Answerer(std::shared_ptr<knowledge::Retriever> retriever,
                   std::shared_ptr<language::ChatModel> model, Config config)
    : retriever_(std::move(retriever)), model_(std::move(model)), config_(std::move(config)) {}

Task<Result<knowledge::SearchResult>> Answerer::search(runtime::Context context, std::string question) {
  knowledge::Query query{std::move(question), static_cast<std::size_t>(config_.passages)};
  co_return co_await retriever_->search(std::move(context), std::move(query));
}

runtime::Stream<language::ChatDelta> Answerer::answer(const runtime::Context& context, std::string question,
                                                      std::vector<language::Message> history,
                                                      const knowledge::SearchResult& found,
                                                      std::string instructions) {
  language::ChatRequest request;
  request.instructions = instructions.empty() ? config_.instructions : std::move(instructions);
  request.history = std::move(history);
  request.question = std::move(question);
  request.max_words = static_cast<std::size_t>(config_.max_answer_words);
  request.term_weights = found.term_weights;
  request.unknown_stems = found.unknown_stems;
  for (const knowledge::Hit& hit : found.hits) {
    request.passages.push_back(
        {hit.document_id, hit.filename, hit.title, hit.heading, hit.text, hit.start, hit.score});
  }
  return model_->answer(context, std::move(request));
}

Task<Result<Answer>> Answerer::ask(runtime::Context context, std::string question) {
  const auto found = co_await search(context, question);
  if (!found) co_return found.error();
  auto deltas = answer(context, std::move(question), {}, *found);
  Answer result;
  for (;;) {
    const auto next = co_await deltas.next(context.deadline);
    if (!next) co_return next.error();
    if (!next->has_value()) break;
    const language::ChatDelta& delta = **next;
    result.text += delta.text;
    result.citations.insert(result.citations.end(), delta.citations.begin(), delta.citations.end());
    if (delta.finish) result.refused = *delta.finish == language::FinishReason::kRefused;
    if (delta.usage) result.usage = *delta.usage;
  }
  co_return result;
}

Support support(const knowledge::SearchResult& found) {
  double total = 0;
  for (const auto& [stem, weight] : found.term_weights) total += weight;
  if (total <= 0 || found.hits.empty()) {
    return {.asked = static_cast<int>(found.term_weights.size()),
            .unknown = static_cast<int>(found.unknown_stems.size())};
  }
  const knowledge::Hit& best = found.hits.front();
  const auto stems = text::content_stems(best.title + ' ' + best.heading + ' ' + best.text);
  const std::set<std::string> held(stems.begin(), stems.end());
  Support result;
  result.asked = static_cast<int>(found.term_weights.size());
  result.unknown = static_cast<int>(found.unknown_stems.size());
  for (const auto& [stem, weight] : found.term_weights) {
    if (!held.contains(stem)) continue;
    result.share += weight / total;
    ++result.words;
  }
  return result;
}

}  // namespace parley::conversation
