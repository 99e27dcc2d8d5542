// SPDX-License-Identifier: Apache-2.0
#include "conversation/history.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace parley::conversation {

using language::ChatRole;
using language::Message;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<> History::insert(HistoryItem item, const std::optional<std::string>& previous) {
  if (find(item.id) != nullptr)
    return Error{ErrorCode::kConflict, "there is an item with this id", "item.id"};
  std::size_t bytes = item.bytes();
  for (const HistoryItem& each : items_) bytes += each.bytes();
  if (items_.size() >= kMaxItems || bytes > kMaxBytes) {
    return Error{ErrorCode::kPayloadTooLarge, "the conversation is full; delete items of it", "item"};
  }
  auto place = items_.cend();
  if (previous == kRoot) {
    place = items_.cbegin();
  } else if (previous) {
    place = place_of(*previous);
    if (place == items_.cend())
      return Error{ErrorCode::kNotFound, "there is no such item", "previous_item_id"};
    ++place;
  }
  items_.insert(place, std::move(item));
  return {};
}

void History::push(HistoryItem item) {
  if (items_.size() >= kMaxItems) items_.pop_front();
  items_.push_back(std::move(item));
}

Result<> History::remove(const std::string& id) {
  const auto found = place_of(id);
  if (found == items_.cend()) return Error{ErrorCode::kNotFound, "there is no such item", "item_id"};
  items_.erase(found);
  return {};
}

History::Items::const_iterator History::place_of(const std::string& id) const {
  return std::ranges::find(items_, id, &HistoryItem::id);
}

HistoryItem* History::find(const std::string& id) {
  const auto found = std::ranges::find(items_, id, &HistoryItem::id);
  return found == items_.end() ? nullptr : &*found;
}

const HistoryItem* History::find(const std::string& id) const {
  const auto found = place_of(id);
  return found == items_.end() ? nullptr : &*found;
}

std::string History::last_id() const { return items_.empty() ? std::string() : items_.back().id; }

std::string History::id_before(const std::string& id) const {
  const auto found = place_of(id);
  return found == items_.begin() ? std::string() : std::prev(found)->id;
}

const HistoryItem* History::question() const {
  const auto found = std::find_if(items_.rbegin(), items_.rend(), [](const HistoryItem& item) {
    return item.role == ChatRole::kUser && !item.text.empty();
  });
  return found == items_.rend() ? nullptr : &*found;
}

bool History::ends_with_result() const { return !items_.empty() && items_.back().role == ChatRole::kTool; }

std::vector<Message> History::before(const std::string& id, std::size_t most) const {
  auto found = messages(items_.begin(), place_of(id));
  if (found.size() > most) found.erase(found.begin(), found.end() - static_cast<std::ptrdiff_t>(most));
  // A result means nothing without its call.
  while (!found.empty() && found.front().role == ChatRole::kTool) found.erase(found.begin());
  return found;
}

std::vector<Message> History::since(const std::string& id) const {
  auto begin = place_of(id);
  if (begin == items_.end()) return {};
  ++begin;
  const bool only_answered = std::all_of(begin, items_.end(), [](const HistoryItem& item) {
    return item.role == ChatRole::kAssistant && !item.call;
  });
  return only_answered ? std::vector<Message>() : messages(begin, items_.end());
}

const HistoryItem* History::result_of(const std::string& call_id) const {
  const auto found = std::ranges::find_if(items_, [&](const HistoryItem& item) {
    return item.role == ChatRole::kTool && item.call_id == call_id;
  });
  return found == items_.end() ? nullptr : &*found;
}

// Calls that follow one another are those of one answer: they go into one message, together with what was
// said before them, and their results come behind it.
std::vector<Message> History::messages(Items::const_iterator begin, Items::const_iterator end) const {
  std::vector<Message> messages;
  std::vector<Message> results;
  const auto flush = [&] {
    std::ranges::move(results, std::back_inserter(messages));
    results.clear();
  };
  for (; begin != end; ++begin) {
    if (!begin->call) {
      flush();
      const bool silent = begin->text.empty() || begin->role == ChatRole::kTool;
      if (!silent) messages.push_back({begin->role, begin->text});
      continue;
    }
    const HistoryItem* result = begin->completed ? result_of(begin->call->id) : nullptr;
    if (result == nullptr) continue;
    if (messages.empty() || messages.back().role != ChatRole::kAssistant) {
      messages.push_back({ChatRole::kAssistant, {}});
    }
    messages.back().calls.push_back(*begin->call);
    results.push_back({ChatRole::kTool, result->text, {}, begin->call->id});
  }
  flush();
  return messages;
}

}  // namespace parley::conversation
