// SPDX-License-Identifier: Apache-2.0
#include "conversation/history.hpp"

#include "language/token_estimate.hpp"

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
  const auto is_full = [&] {
    std::size_t bytes = item.bytes();
    for (const HistoryItem& each : items_) bytes += each.bytes();
    return items_.size() >= kMaxItems || bytes > kMaxBytes;
  };
  if (is_full()) std::erase_if(items_, [](const HistoryItem& each) { return each.folded; });
  if (is_full()) {
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
  make_room(item.bytes());
  items_.push_back(std::move(item));
}

void History::make_room(std::size_t bytes) {
  std::size_t ledgers = 0;
  std::size_t kept = 0;
  for (auto each = items_.rbegin(); each != items_.rend(); ++each) {
    bytes += each->bytes();
    if (bytes > kMaxBytes || kept + 1 >= kMaxItems) break;
    ++kept;
    if (each->ledger && ++ledgers > kLedgers) each->ledger.reset();
  }
  items_.erase(items_.begin(), items_.end() - static_cast<std::ptrdiff_t>(kept));
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

std::vector<Message> History::before(const std::string& id, std::int64_t tokens) const {
  auto found = messages(items_.begin(), place_of(id));
  auto first = found.end();
  while (first != found.begin()) {
    tokens -= language::estimated_tokens(*std::prev(first));
    if (tokens < 0) break;
    --first;
  }
  found.erase(found.begin(), first);
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

std::optional<History::Fold> History::foldable(std::int64_t tokens) const {
  const HistoryItem* last = question();
  if (last == nullptr) return std::nullopt;
  // From the newest question back: where an exchange begins, is there still room for it?
  auto first = std::ranges::find(items_, last->id, &HistoryItem::id);
  std::int64_t all = 0;
  for (auto each = items_.end(); each != items_.begin();) {
    --each;
    if (each->folded) continue;
    all += language::estimated_tokens({each->role, each->text, {}, {}});
    if (each->call) all += language::estimated_tokens(each->call->arguments);
    const bool begins = each->role == ChatRole::kUser && !each->text.empty();
    if (begins && all <= tokens / 2 && each < first) first = each;
  }
  if (all <= tokens) return std::nullopt;
  Fold fold;
  for (auto each = items_.begin(); each != first; ++each) {
    if (!each->folded && each->role != ChatRole::kSystem) fold.ids.push_back(each->id);
  }
  if (fold.ids.empty()) return std::nullopt;
  fold.messages = messages(items_.begin(), first);
  std::erase_if(fold.messages, [](const Message& message) { return message.role == ChatRole::kSystem; });
  return fold;
}

bool History::fold(const Fold& fold) {
  std::vector<HistoryItem*> items;
  for (const std::string& id : fold.ids) items.push_back(find(id));
  if (std::ranges::find(items, nullptr) != items.end()) return false;
  auto end = place_of(fold.ids.back());
  auto now = messages(items_.begin(), ++end);
  std::erase_if(now, [](const Message& message) { return message.role == ChatRole::kSystem; });
  if (now != fold.messages) return false;
  for (HistoryItem* item : items) item->folded = true;
  return true;
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
    if (begin->folded) continue;
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
