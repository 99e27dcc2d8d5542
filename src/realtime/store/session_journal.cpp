// SPDX-License-Identifier: Apache-2.0
#include "realtime/session_journal.hpp"

#include "realtime/session_json.hpp"
#include "runtime/json.hpp"
#include "storage/database.hpp"

#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace parley::realtime {
namespace json = boost::json;

using conversation::SessionRecord;
using conversation::SessionStatus;
using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;
using runtime::WallTime;

namespace {

using Milliseconds = std::chrono::milliseconds;
// Nothing: the session is to be dropped.
using Changes = std::map<std::string, std::optional<SessionRecord>>;

std::int64_t milliseconds(WallTime time) {
  return std::chrono::duration_cast<Milliseconds>(time.time_since_epoch()).count();
}

WallTime wall_time(std::int64_t milliseconds) {
  return WallTime(std::chrono::duration_cast<WallTime::duration>(Milliseconds(milliseconds)));
}

// What has no value is left out, as read_settings() wants it.
void drop_nulls(json::object& object) {
  for (auto member = object.begin(); member != object.end();) {
    if (member->value().is_null()) {
      member = object.erase(member);
      continue;
    }
    if (member->value().is_object()) drop_nulls(member->value().get_object());
    ++member;
  }
}

Result<> write_one(storage::Session& session, const std::string& id, const SessionRecord* record) {
  if (record == nullptr) {
    const auto dropped = session.execute("delete from sessions where id = $1", {id});
    return dropped ? Result<>() : Result<>(dropped.error());
  }
  json::object settings = describe_settings(record->settings, std::nullopt);
  drop_nulls(settings);
  const auto put = session.execute(
      "insert into sessions (id, owner, status, settings, created_ms, expires_ms) values ($1, $2, $3, $4, "
      "$5, $6) "
      "on conflict (id) do update set status = $3, settings = $4, expires_ms = $6",
      {id, record->owner, std::string(name(record->status)), runtime::to_json(settings),
       milliseconds(record->created), milliseconds(record->expires)});
  return put ? Result<>() : Result<>(put.error());
}

class DatabaseJournal final : public conversation::SessionJournal,
                              public std::enable_shared_from_this<DatabaseJournal> {
 public:
  explicit DatabaseJournal(SessionJournalParts parts) : parts_(std::move(parts)) {}

  void put(const SessionRecord& record) override { note(record.id, record); }
  void drop(const std::string& id) override { note(id, std::nullopt); }

  Task<> written(Context context) override {
    auto work = [self = shared_from_this()] { self->write_pending(); };
    const auto done = co_await parts_.pool.run(std::move(context), std::move(work));
    static_cast<void>(done);  // a full pool, or nobody who waits any more: it is written later
  }

 private:
  void note(const std::string& id, std::optional<SessionRecord> record) {
    {
      const std::lock_guard lock(mutex_);
      pending_.insert_or_assign(id, std::move(record));
      if (std::exchange(posted_, true)) return;
    }
    const auto posted = parts_.pool.post([self = shared_from_this()] { self->write_pending(); });
    const std::lock_guard lock(mutex_);
    if (!posted) posted_ = false;
  }

  // On the pool.
  void write_pending() {
    const std::lock_guard one_at_a_time(writing_);
    Changes changes;
    {
      const std::lock_guard lock(mutex_);
      posted_ = false;
      changes.swap(pending_);
    }
    if (changes.empty()) return;
    const auto wrote = parts_.database.write(Context(), [&](storage::Session& session) -> Result<> {
      for (const auto& [id, record] : changes) {
        const auto done = write_one(session, id, record ? &*record : nullptr);
        if (!done) return done;
      }
      return {};
    });
    if (wrote) {
      failing_ = false;
      return;
    }
    if (!std::exchange(failing_, true)) {
      parts_.log->warn(Context(), "session_journal_not_written",
                       {{"error", runtime::to_string(wrote.error())}});
    }
    const std::lock_guard lock(mutex_);
    pending_.merge(changes);  // what is newer stays
  }

  const SessionJournalParts parts_;
  std::mutex writing_;
  bool failing_ = false;  // under `writing_`
  std::mutex mutex_;
  Changes pending_;
  bool posted_ = false;  // a piece of work that will write them is in the pool
};

std::optional<SessionStatus> status_of(std::string_view text) {
  constexpr std::array kAll{SessionStatus::kPending, SessionStatus::kActive, SessionStatus::kCompleted,
                            SessionStatus::kError, SessionStatus::kExpired};
  for (const SessionStatus status : kAll) {
    if (name(status) == text) return status;
  }
  return std::nullopt;
}

Result<SessionRecord> record_of(const storage::Row& row) {
  SessionRecord record;
  record.id = row.get<std::string>(0);
  record.owner = row.get<std::string>(1);
  const auto status = status_of(row.get<std::string>(2));
  if (!status) return Error{ErrorCode::kBadRequest, "an unknown status", "status"};
  record.status = *status;
  const auto settings = runtime::parse_json(row.get<std::string>(3));
  if (!settings) return settings.error();
  if (!settings->is_object()) return Error{ErrorCode::kBadRequest, "expected an object", "settings"};
  const auto read = read_settings(settings->get_object(), record.settings);
  if (!read) return read.error();
  record.created = wall_time(row.get<std::int64_t>(4));
  record.expires = wall_time(row.get<std::int64_t>(5));
  return record;
}

}  // namespace

std::shared_ptr<conversation::SessionJournal> make_session_journal(SessionJournalParts parts) {
  return std::make_shared<DatabaseJournal>(std::move(parts));
}

Result<std::vector<SessionRecord>> journalled_sessions(storage::Database& database, runtime::Log& log) {
  const auto rows = database.read(Context(), [](storage::Session& session) {
    return session.query(
        "select id, owner, status, settings, created_ms, expires_ms from sessions order by created_ms, id");
  });
  if (!rows) return rows.error();
  std::vector<SessionRecord> records;
  for (const storage::Row& row : *rows) {
    auto record = record_of(row);
    if (record) {
      records.push_back(std::move(*record));
    } else {
      log.warn(Context(), "session_unread", {{"error", runtime::to_string(record.error())}});
    }
  }
  return records;
}

}  // namespace parley::realtime
