// SPDX-License-Identifier: Apache-2.0
#include "conversation/session_store.hpp"

#include "runtime/ids.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

namespace parley::conversation {

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

bool is_over(SessionStatus status) {
  return status != SessionStatus::kPending && status != SessionStatus::kActive;
}

Error unknown() { return Error{ErrorCode::kNotFound, "there is no such session", "sessionId"}; }
Error over() { return Error{ErrorCode::kConflict, "the session is over", "sessionId"}; }

class MemorySessionStore final : public SessionStore {
 public:
  MemorySessionStore(SessionLimits limits, std::shared_ptr<const runtime::Clock> clock,
                     std::shared_ptr<SessionJournal> journal, std::vector<SessionRecord> known)
      : limits_(limits), clock_(std::move(clock)), journal_(std::move(journal)) {
    const std::lock_guard lock(mutex_);
    for (SessionRecord& record : known) take_over(std::move(record));
  }

  Task<Result<SessionRecord>> create(Context context, SessionSettings settings) override {
    auto record = create_now(context, std::move(settings));
    if (record && journal_) co_await journal_->written(context);
    co_return record;
  }
  // Nobody knows its name yet who could miss it after a crash.
  Task<Result<SessionRecord>> open(Context context, SessionSettings settings) override {
    const auto room_left = room();
    if (!room_left) co_return room_left.error();
    const auto made = create_now(context, std::move(settings));
    if (!made) co_return made.error();
    auto begun = begin_now(context, made->id);
    if (!begun) remove_now(context, made->id);
    co_return begun;
  }
  Task<Result<SessionRecord>> find(Context context, std::string id) override {
    const std::lock_guard lock(mutex_);
    const auto found = own(context, id);
    if (!found) co_return found.error();
    co_return **found;
  }
  Task<Result<std::vector<SessionRecord>>> list(Context context, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<SessionRecord> records;
    const auto owner = owners_.find(context.principal);
    if (owner == owners_.end()) co_return records;
    forget_old(owner->second);
    const Ids& ids = owner->second.ids;
    for (auto id = ids.rbegin(); id != ids.rend() && records.size() < limit; ++id) {
      records.push_back(records_.at(*id));
    }
    co_return records;
  }
  // Who took consent back is not recorded by the next process, either.
  Task<Result<SessionRecord>> configure(Context context, std::string id, Change change) override {
    auto record = configure_now(context, id, change);
    if (record && journal_) co_await journal_->written(context);
    co_return record;
  }
  Task<Result<SessionRecord>> begin(Context context, std::string id) override {
    co_return begin_now(context, id);
  }
  Task<Result<>> finish(Context context, std::string id, SessionStatus status) override {
    const std::lock_guard lock(mutex_);
    const auto found = own(context, id);
    if (!found) co_return found.error();
    if (is_over((*found)->status)) co_return Result<>();
    if (status == SessionStatus::kPending) (*found)->expires = clock_->wall_now() + limits_.life;
    end(**found, status);
    co_return Result<>();
  }
  Task<Result<>> remove(Context context, std::string id) override { co_return remove_now(context, id); }
  Result<> room() const override {
    const std::lock_guard lock(mutex_);
    if (active_ >= limits_.active) return full();
    return {};
  }

 private:
  using Ids = std::vector<std::string>;  // in the order of their making

  struct Owner {
    Ids ids;
    std::size_t open = 0;  // of them, those that are not known to be over
  };

  Result<SessionRecord> create_now(const Context& context, SessionSettings settings) {
    const std::lock_guard lock(mutex_);
    if (records_.size() >= limits_.all) forget_everywhere();
    if (records_.size() >= limits_.all) return full();
    Owner& owner = owners_[context.principal];
    // Not for each that is made: who makes many has many to look through.
    const std::size_t ended = owner.ids.size() - owner.open;
    if (owner.open >= limits_.of_one || ended >= 2 * limits_.remembered) forget_old(owner);
    if (owner.open >= limits_.of_one) {
      return Error{ErrorCode::kQuotaExceeded, "there are too many sessions; delete some"};
    }
    SessionRecord record;
    record.id = runtime::make_id("sess");
    record.owner = context.principal;
    record.settings = std::move(settings);
    record.created = clock_->wall_now();
    record.expires = record.created + limits_.life;
    owner.ids.push_back(record.id);
    ++owner.open;
    note(record);
    return records_[record.id] = record;
  }

  Result<SessionRecord> configure_now(const Context& context, const std::string& id, const Change& change) {
    const std::lock_guard lock(mutex_);
    const auto found = own(context, id);
    if (!found) return found.error();
    if (is_over((*found)->status)) return over();
    SessionSettings settings = (*found)->settings;
    const auto changed = change(settings);
    if (!changed) return changed.error();
    (*found)->settings = std::move(settings);
    note(**found);
    return **found;
  }

  Result<SessionRecord> begin_now(const Context& context, const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto found = own(context, id);
    if (!found) return found.error();
    SessionRecord& record = **found;
    if (is_over(record.status)) return over();
    if (record.status == SessionStatus::kActive) {
      return Error{ErrorCode::kConflict, "the session is in conversation already", "sessionId"};
    }
    if (active_ >= limits_.active) return full();
    ++active_;
    record.status = SessionStatus::kActive;
    record.expires = clock_->wall_now() + limits_.longest;
    note(record);
    return record;
  }

  Result<> remove_now(const Context& context, const std::string& id) {
    const std::lock_guard lock(mutex_);
    const auto found = own(context, id);
    if (!found) return found.error();
    end(**found, SessionStatus::kCompleted);
    const auto owner = owners_.find(context.principal);
    std::erase(owner->second.ids, id);
    if (owner->second.ids.empty()) owners_.erase(owner);
    forget(id);
    return {};
  }

  static Error full() {
    return Error{ErrorCode::kOverloaded, "there are as many sessions as this server can hold", "",
                 std::chrono::seconds(5)};
  }

  // Under the mutex, as all below.
  Result<SessionRecord*> own(const Context& context, const std::string& id) {
    const auto found = records_.find(id);
    if (found == records_.end()) return unknown();
    if (found->second.owner != context.principal) {
      return Error{ErrorCode::kForbidden, "the session is somebody else's", "sessionId"};
    }
    expire(found->second);
    return &found->second;
  }

  void expire(SessionRecord& record) {
    if (!is_over(record.status) && record.expires <= clock_->wall_now()) end(record, SessionStatus::kExpired);
  }

  void end(SessionRecord& record, SessionStatus status) {
    if (record.status == SessionStatus::kActive) --active_;
    if (!is_over(record.status) && is_over(status)) --owners_.at(record.owner).open;
    record.status = status;
    note(record);
  }

  void note(const SessionRecord& record) const {
    if (journal_) journal_->put(record);
  }

  void forget(const std::string& id) {
    records_.erase(id);
    if (journal_) journal_->drop(id);
  }

  // From the process before, whose clients are all gone.
  void take_over(SessionRecord record) {
    if (record.status == SessionStatus::kActive) {
      record.status = SessionStatus::kPending;
      record.expires = std::min(record.expires, clock_->wall_now() + limits_.life);
      note(record);
    }
    Owner& owner = owners_[record.owner];
    owner.ids.push_back(record.id);
    if (!is_over(record.status)) ++owner.open;
    records_.emplace(record.id, std::move(record));
  }

  // Keeps what is open and the newest of what is over.
  void forget_old(Owner& owner) {
    for (const std::string& id : owner.ids) expire(records_.at(id));
    std::size_t ended = owner.ids.size() - owner.open;
    std::erase_if(owner.ids, [&](const std::string& id) {
      if (ended <= limits_.remembered || !is_over(records_.at(id).status)) return false;
      --ended;
      forget(id);
      return true;
    });
  }

  // A principal who will not come again leaves nothing behind.
  void forget_everywhere() {
    for (auto& [principal, owner] : owners_) {
      for (const std::string& id : owner.ids) expire(records_.at(id));
      std::erase_if(owner.ids, [&](const std::string& id) {
        if (!is_over(records_.at(id).status)) return false;
        forget(id);
        return true;
      });
    }
    std::erase_if(owners_, [](const auto& each) { return each.second.ids.empty(); });
  }

  const SessionLimits limits_;
  const std::shared_ptr<const runtime::Clock> clock_;
  const std::shared_ptr<SessionJournal> journal_;  // or null
  mutable std::mutex mutex_;
  std::unordered_map<std::string, SessionRecord> records_;
  std::map<std::string, Owner> owners_;
  std::size_t active_ = 0;
};

}  // namespace

std::string_view name(SessionStatus status) {
  switch (status) {
    case SessionStatus::kPending:
      return "pending";
    case SessionStatus::kActive:
      return "active";
    case SessionStatus::kCompleted:
      return "completed";
    case SessionStatus::kError:
      return "error";
    case SessionStatus::kExpired:
      return "expired";
  }
  return "error";
}

std::shared_ptr<SessionStore> make_session_store(SessionLimits limits,
                                                 std::shared_ptr<const runtime::Clock> clock,
                                                 std::shared_ptr<SessionJournal> journal,
                                                 std::vector<SessionRecord> known) {
  return std::make_shared<MemorySessionStore>(limits, std::move(clock), std::move(journal), std::move(known));
}

}  // namespace parley::conversation
