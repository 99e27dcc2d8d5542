// SPDX-License-Identifier: Apache-2.0
// What has been said in a conversation, and what tools were asked and answered, oldest first.
#pragma once

#include "conversation/playback_ledger.hpp"
#include "language/types.hpp"
#include "runtime/result.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::conversation {

// A message, the call of a tool (`call`), or the result of one (kTool, `call_id`).
struct HistoryItem {
  std::string id = {};
  language::ChatRole role = language::ChatRole::kUser;
  std::string text = {};     // of an answer: what was heard of it
  bool spoken = false;       // rather than written
  bool completed = true;     // false: under way, or broken off
  std::string call_id = {};  // of a result
  std::optional<language::ToolCall> call = std::nullopt;
  std::shared_ptr<PlaybackLedger> ledger = nullptr;  // of a spoken answer, one of the newest
  bool folded = false;                               // into a summary: models are told no more of it

  std::size_t bytes() const { return text.size() + (call ? call->arguments.size() : 0); }
};

// Bounded: what is said or typed pushes out the oldest; what else comes from a client pushes out what a
// summary tells of, and is refused when it is full then.
class History {
 public:
  // The oldest of what is not folded, as a summary of it begins from.
  struct Fold {
    std::vector<std::string> ids;
    std::vector<language::Message> messages;
  };

  static constexpr std::size_t kMaxItems = 1000;
  static constexpr std::size_t kMaxBytes = 1U << 20U;
  // As the `previous` of insert(): before everything.
  static constexpr std::string_view kRoot = "root";
  // Answers of which it is known when their words were heard.
  static constexpr std::size_t kLedgers = 16;

  // Behind the item `previous`, or at the end. CONFLICT when the id is taken, NOT_FOUND without `previous`,
  // PAYLOAD_TOO_LARGE when there is no room.
  runtime::Result<> insert(HistoryItem item, const std::optional<std::string>& previous = std::nullopt);
  // At the end.
  void push(HistoryItem item);
  // Pushes out the oldest, so that there is room for one more item of so many bytes.
  void make_room(std::size_t bytes);
  // NOT_FOUND when there is no such item.
  runtime::Result<> remove(const std::string& id);

  const std::deque<HistoryItem>& items() const { return items_; }
  HistoryItem* find(const std::string& id);
  const HistoryItem* find(const std::string& id) const;
  // Empty when there is none.
  std::string last_id() const;
  // That an item stands before; nothing when it is the first.
  std::string id_before(const std::string& id) const;
  // The last message of a user that has words.
  const HistoryItem* question() const;
  // The newest item is the result of a call.
  bool ends_with_result() const;

  // What a language model is told of the items before `id` (of all without such an item): the newest that are
  // `tokens` together, by language::estimated_tokens(). Calls without a result are left out: no model accepts
  // them.
  std::vector<language::Message> before(const std::string& id, std::int64_t tokens) const;
  // And of those behind it, unless they are only the answer that it had.
  std::vector<language::Message> since(const std::string& id) const;

  // When more than `tokens` are not folded yet: what to fold, whole exchanges, so that half of them stays;
  // the last question and what has followed it stay in any case, and so does what a client said as the
  // system.
  std::optional<Fold> foldable(std::int64_t tokens) const;
  // False when the items are no longer what they were, and then nothing is changed.
  bool fold(const Fold& fold);

 private:
  using Items = std::deque<HistoryItem>;
  Items::const_iterator place_of(const std::string& id) const;
  const HistoryItem* result_of(const std::string& call_id) const;
  std::vector<language::Message> messages(Items::const_iterator begin, Items::const_iterator end) const;

  Items items_;
};

}  // namespace parley::conversation
