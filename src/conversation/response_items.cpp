// SPDX-License-Identifier: Apache-2.0
// What an answer leaves in the conversation: its message, its calls of tools, and what of it was heard.
#include "conversation/session_state.hpp"
#include "runtime/ids.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::conversation {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

// It has its place from now on; what is in it follows.
void Session::add_response_item(Response& response, HistoryItem item) {
  ResponseItemAdded added{response.id, item.id, response.aside() ? response.last_item_id : history_.last_id(),
                          item.call};
  response.last_item_id = item.id;
  if (!response.aside()) history_.push(std::move(item));
  channel_.deliver(std::move(added));
}

void Session::take_calls(Response& response, std::vector<language::ToolCallDelta> deltas) {
  for (language::ToolCallDelta& delta : deltas) {
    auto called = std::ranges::find(response.calls, delta.index, &CalledTool::index);
    if (called == response.calls.end()) {
      if (delta.id.empty()) delta.id = runtime::make_id("call");
      HistoryItem item{
          .id = runtime::make_id("item"), .role = language::ChatRole::kAssistant, .completed = false};
      item.call = language::ToolCall{delta.id, delta.name, {}};
      response.calls.push_back({delta.index, item.id, *item.call});
      called = std::prev(response.calls.end());
      add_response_item(response, std::move(item));
    }
    if (delta.arguments.empty()) continue;
    called->call.arguments += delta.arguments;
    channel_.deliver(ResponseCallArguments{response.id, called->item_id, std::move(delta.arguments)});
  }
}

// One that was cut off stays incomplete, and nobody is asked to run it.
void Session::finish_calls(Response& response) {
  if (!response.cut_short().empty()) return;
  for (const CalledTool& called : response.calls) {
    if (HistoryItem* item = history_.find(called.item_id)) {
      item->call = called.call;
      item->completed = true;
    }
    channel_.deliver(ResponseCallDone{response.id, called.item_id, called.call});
  }
}

std::vector<std::string> Session::filler_for(const Response& response) const {
  const bool fits = response.speak && response.text.empty() && response.calls.empty() &&
                    options_.language == parts_.config.language && !parts_.config.tool_filler.empty();
  return fits ? std::vector<std::string>{parts_.config.tool_filler} : std::vector<std::string>();
}

// Puts into the history what was heard: all that was played so far of a cancelled answer, all that was sent
// of one that failed, the whole text of one that is complete and may play to its end; never more than the
// client says.
void Session::remember_heard(Response& response) {
  HistoryItem* item = history_.find(response.item_id);
  if (item == nullptr) return;
  item->text = response.text;
  item->completed = !response.abandoned && !response.failed;
  if (!response.speak || (item->completed && !response.cut)) return;
  auto heard = response.abandoned ? response.ledger->played(parts_.clock->now()) : response.ledger->total();
  if (response.cut) heard = std::min(heard, *response.cut);
  item->text = response.ledger->heard(heard);
}

Result<std::chrono::milliseconds> Session::truncate(const std::string& item_id,
                                                    std::chrono::milliseconds audio_end) {
  HistoryItem* item = history_.find(item_id);
  if (item == nullptr || item->role != language::ChatRole::kAssistant || item->call) {
    return Error{ErrorCode::kNotFound, "there is no such answer", "item_id"};
  }
  const auto total = item->ledger ? item->ledger->total() : std::chrono::microseconds(0);
  const auto sent = std::chrono::floor<std::chrono::milliseconds>(total);
  if (audio_end >= sent) return sent;
  for (auto each = response_; each; each = each->follows) {
    if (each->item_id == item_id) each->cut = audio_end;
  }
  item->text = item->ledger->heard(audio_end);
  return audio_end;
}

// Later turns, too, are to be answered knowing what was said rather than what was heard.
void Session::correct(const Response& response) {
  if (response.found->corrections.empty()) return;
  HistoryItem* question = history_.find(response.question_item_id);
  if (question != nullptr) question->text = corrected(question->text, response.found->corrections);
}

}  // namespace parley::conversation
