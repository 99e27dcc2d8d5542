// SPDX-License-Identifier: Apache-2.0
#include "conversation/answerer.hpp"

#include "text/words.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace parley::conversation {

using runtime::Result;
using runtime::Task;

Answerer::Answerer(std::shared_ptr<knowledge::Retriever> retriever,
                   std::shared_ptr<language::ChatModel> model, Config config)
    : retriever_(std::move(retriever)), model_(std::move(model)), config_(std::move(config)) {}

Task<Result<knowledge::SearchResult>> Answerer::search(runtime::Context context, knowledge::Query question) {
  question.limit = static_cast<std::size_t>(config_.passages);
  co_return co_await retriever_->search(std::move(context), std::move(question));
}

runtime::Stream<language::ChatDelta> Answerer::answer(const runtime::Context& context,
                                                      language::ChatRequest request,
                                                      const knowledge::SearchResult& found) {
  if (request.instructions.empty()) request.instructions = config_.instructions;
  request.max_words = static_cast<std::size_t>(config_.max_answer_words);
  request.term_weights = found.term_weights;
  request.unknown_stems = found.unknown_stems;
  request.heard = found.heard;
  for (const knowledge::Hit& hit : found.hits) {
    request.passages.push_back(
        {hit.document_id, hit.filename, hit.title, hit.heading, hit.text, hit.start, hit.score});
  }
  return model_->answer(context, std::move(request));
}

Task<Result<std::string>> Answerer::summarize(runtime::Context context, language::SummaryRequest request) {
  co_return co_await model_->summarize(std::move(context), std::move(request));
}

Task<Result<Answer>> Answerer::ask(runtime::Context context, std::string question) {
  return ask(std::move(context), knowledge::Query{.text = std::move(question)});
}

Task<Result<runtime::Stream<language::ChatDelta>>> Answerer::begin(runtime::Context context,
                                                                   knowledge::Query question) {
  std::string text = question.text;
  const auto found = co_await search(context, std::move(question));
  if (!found) co_return found.error();
  language::ChatRequest request;
  request.question = corrected(std::move(text), found->corrections);
  co_return answer(context, std::move(request), *found);
}

Task<Result<Answer>> Answerer::ask(runtime::Context context, knowledge::Query question) {
  auto deltas = co_await begin(context, std::move(question));
  if (!deltas) co_return deltas.error();
  Answer result;
  for (;;) {
    const auto next = co_await deltas->next(context.deadline);
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

knowledge::Query heard_query(const speech::Transcript& transcript) {
  knowledge::Query query{.text = transcript.spoken, .heard = true};
  for (const speech::Word& word : transcript.words) {
    for (const speech::Alternative& alternative : word.alternatives) {
      query.alternatives.push_back(
          {text::fold(word.text), text::fold(alternative.text), alternative.posterior});
    }
  }
  return query;
}

std::string corrected(std::string text, const std::vector<knowledge::Correction>& corrections) {
  for (const knowledge::Correction& correction : corrections) {
    const auto heard = text::tokenize(correction.heard);
    const auto tokens = text::tokenize(text);
    const auto place = std::ranges::search(tokens, heard, {}, &text::Token::text, &text::Token::text);
    if (place.empty()) continue;  // written otherwise than it was said, as numbers are
    const std::size_t start = place.front().start;
    const std::size_t end = place.back().end;
    std::string word = correction.word;
    if (std::isupper(static_cast<unsigned char>(text[start])) != 0) {
      word[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(word[0])));
    }
    text.replace(start, end - start, word);
  }
  return text;
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
