// SPDX-License-Identifier: Apache-2.0
// What a session tells its language model of earlier turns: the newest as they were, a summary of the rest.
#include "conversation/session_state.hpp"
#include "language/token_estimate.hpp"

#include <algorithm>
#include <utility>

namespace parley::conversation {

using runtime::Result;
using runtime::Task;

namespace {

// A summary takes at most this share of what a model is told, in words of about four thirds of a token; and
// it is made of at most so many times as much.
constexpr std::int64_t kShare = 4;
constexpr std::int64_t kShortestSummary = 20;
constexpr std::int64_t kMostSummarized = 8;

// The newest of them.
void keep(std::vector<language::Message>& messages, std::int64_t tokens) {
  auto first = messages.end();
  while (first != messages.begin() && tokens > 0) tokens -= language::estimated_tokens(*--first);
  messages.erase(messages.begin(), first);
}

}  // namespace

void Session::recall(Response& response, const std::string& until) const {
  std::int64_t tokens = parts_.config.history_tokens;
  if (response.asked.input) {
    response.history = response.asked.input->before(until, tokens);
    return;
  }
  response.summary = summary_;
  tokens -= language::estimated_tokens(summary_);
  response.history = history_.before(until, std::max<std::int64_t>(tokens, 0));
}

// What is to be forgotten is forgotten.
Result<> Session::remove_item(const std::string& id) {
  const HistoryItem* item = history_.find(id);
  if (item != nullptr && item->folded) summary_.clear();
  return history_.remove(id);
}

void Session::fold_history() {
  if (summarizing_ || parts_.config.history_tokens == 0) return;
  auto fold = history_.foldable(parts_.config.history_tokens);
  if (!fold) return;
  summarizing_ = true;
  chores_.spawn(summarize(std::move(*fold)));
}

// Nobody waits for it. When it fails, or what it was made of has changed meanwhile, the oldest turns are
// simply not told of, and the end of the next turn tries again.
Task<> Session::summarize(History::Fold fold) {
  language::SummaryRequest request;
  request.before = summary_;
  request.turns = fold.messages;
  keep(request.turns, kMostSummarized * parts_.config.history_tokens);
  request.max_words =
      static_cast<std::size_t>(std::max(parts_.config.history_tokens / kShare * 3 / 4, kShortestSummary));
  runtime::Context context = context_.until(parts_.clock->now() + parts_.config.turn_deadline);
  context.stop = chores_.stop_token();
  auto summary = co_await parts_.answerer->summarize(std::move(context), std::move(request));
  summarizing_ = false;
  if (!summary) {
    if (!context_.cancelled())
      parts_.log->warn(context_, "summary_failed", {{"error", runtime::to_string(summary.error())}});
    co_return;
  }
  if (history_.fold(fold)) summary_ = std::move(*summary);
}

}  // namespace parley::conversation
