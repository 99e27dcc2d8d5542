// SPDX-License-Identifier: Apache-2.0
#include "language/providers/completion_reader.hpp"

#include "language/providers/citation_matcher.hpp"
#include "language/providers/prompt.hpp"

#include <algorithm>
#include <utility>

namespace parley::language {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<> CompletionReader::feed(std::string_view bytes, std::vector<ChatDelta>& deltas) {
  if (done_) return {};
  events_.clear();
  const Result<> parsed = parser_.feed(bytes, events_);
  for (const SseEvent& event : events_) {
    if (done_) return {};
    if (event.data == "[DONE]") {
      done_ = true;
      return {};
    }
    const Result<> taken = take(event.data, deltas);
    if (!taken) return taken.error();
  }
  if (!parsed) return Error{ErrorCode::kLlmFailed, "the language server sent an event that is too long"};
  return {};
}

Result<> CompletionReader::feed_whole(std::string_view json, std::vector<ChatDelta>& deltas) {
  const Result<> taken = take(json, deltas);
  done_ = true;
  return taken;
}

Result<> CompletionReader::take(std::string_view json, std::vector<ChatDelta>& deltas) {
  auto chunk = read_chat_chunk(json, server_message_);
  if (!chunk) return chunk.error();
  if (chunk->usage) usage_ = chunk->usage;
  if (chunk->finish) finish_ = chunk->finish;
  if (!chunk->text.empty()) {
    SpokenFilter::Output as_written{chunk->text, {}};
    ChatDelta delta = to_delta(request_.spoken ? filter_.feed(chunk->text) : std::move(as_written));
    if (!delta.text.empty() || !delta.citations.empty()) deltas.push_back(std::move(delta));
  }
  if (spoken_.size() > kMaxSpokenBytes) {
    finish_ = FinishReason::kLength;
    done_ = true;
  }
  return take_calls(std::move(chunk->calls), deltas);
}

Result<> CompletionReader::take_calls(std::vector<ToolCallDelta> calls, std::vector<ChatDelta>& deltas) {
  if (calls.empty()) return {};
  for (const ToolCallDelta& call : calls) {
    call_bytes_ += call.id.size() + call.name.size() + call.arguments.size();
    if (call.index >= kMaxCalls || call_bytes_ > kMaxCallBytes) {
      return Error{ErrorCode::kLlmFailed, "the language server calls too many tools"};
    }
  }
  called_ = true;
  ChatDelta delta;
  delta.calls = std::move(calls);
  deltas.push_back(std::move(delta));
  return {};
}

Result<> CompletionReader::end(std::vector<ChatDelta>& deltas) {
  if (!finish_ && !done_) return Error{ErrorCode::kLlmFailed, "the language server broke off its answer"};
  ChatDelta last = to_delta(request_.spoken ? filter_.finish() : SpokenFilter::Output{});
  last.finish = finish_.value_or(FinishReason::kStop);
  last.usage = usage_;
  if (spoken_.empty() && !called_ && last.finish != FinishReason::kContentFilter) {
    return Error{ErrorCode::kLlmFailed, "the language server gave no answer"};
  }
  const bool not_found = request_.grounded && cited_.empty() && spoken_.starts_with(kNotFound);
  if (not_found && last.finish == FinishReason::kStop) last.finish = FinishReason::kRefused;
  deltas.push_back(std::move(last));
  return {};
}

ChatDelta CompletionReader::to_delta(SpokenFilter::Output output) {
  ChatDelta delta;
  delta.text = std::move(output.text);
  spoken_ += delta.text;
  for (const auto& mark : output.marks) {
    if (mark.number < 1 || mark.number > request_.passages.size()) continue;
    const Passage& passage = request_.passages[mark.number - 1];
    auto citation = cite(passage, mark.sentence.empty() ? request_.question : mark.sentence);
    if (!citation || std::ranges::find(cited_, *citation) != cited_.end()) continue;
    cited_.push_back(*citation);
    delta.citations.push_back(std::move(*citation));
  }
  return delta;
}

}  // namespace parley::language
