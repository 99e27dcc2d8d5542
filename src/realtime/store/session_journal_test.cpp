// SPDX-License-Identifier: Apache-2.0
#include "realtime/session_journal.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/testing/fake_clock.hpp"
#include "runtime/testing/wait.hpp"
#include "storage/database.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace parley::realtime {
namespace {

using namespace std::chrono_literals;
using conversation::SessionLimits;
using conversation::SessionRecord;
using conversation::SessionSettings;
using conversation::SessionStatus;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

// One process after the other over the same file.
class SessionJournalTest : public ::testing::Test {
 protected:
  SessionJournalTest() { start(); }

  void start() {
    pool.emplace(runtime::ComputePool::Options{.threads = 1});
    database = *storage::Database::open({.file = folder.path() / "parley.db"});
    store = conversation::make_session_store(
        limits, clock, make_session_journal({*database, *pool, runtime::Log::none()}), known());
  }
  // As a process ends: what is queued is written, nothing else.
  void restart() {
    store.reset();
    pool.reset();
    database.reset();
    start();
  }
  std::vector<SessionRecord> known() { return *journalled_sessions(*database, *runtime::Log::none()); }

  template <class T>
  T wait(Task<T> task) {
    return runtime::testing::wait(io, std::move(task));
  }
  SessionRecord made(SessionSettings settings = {}) {
    return *wait(store->create(alice, std::move(settings)));
  }
  SessionRecord found(const std::string& id) { return *wait(store->find(alice, id)); }
  Result<> execute(const char* sql) {
    return database->write(Context(), [&](storage::Session& session) -> Result<> {
      const auto done = session.execute(sql);
      return done ? Result<>() : Result<>(done.error());
    });
  }

  parley::testing::TemporaryDirectory folder;
  SessionLimits limits;
  std::shared_ptr<runtime::testing::FakeClock> clock = std::make_shared<runtime::testing::FakeClock>();
  runtime::IoThreads io{1};
  std::unique_ptr<storage::Database> database;
  std::optional<runtime::ComputePool> pool;
  std::shared_ptr<conversation::SessionStore> store;
  Context alice{.principal = "user:alice"};
};

TEST_F(SessionJournalTest, AnAcknowledgedSessionIsInTheDatabase) {
  const auto session = made();
  const auto records = known();
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].id, session.id);
  EXPECT_EQ(records[0].owner, "user:alice");
  EXPECT_EQ(records[0].status, SessionStatus::kPending);
}

TEST_F(SessionJournalTest, TheNextProcessKnowsHowASessionWasSetUp) {
  SessionSettings settings;
  settings.audio = {.codec = "opus", .sample_rate = 48'000};
  settings.voice = {
      .voice_id = "rms", .speed = 1.25, .pitch = 0.5, .language = "de", .pronunciations = {"SQL=sequel"}};
  settings.greeting = "Gr\u00fc\u00df Gott!";
  settings.recording_consent = true;
  const auto rich = made(settings);
  const auto plain = made();
  restart();
  EXPECT_EQ(found(rich.id).settings, settings);
  EXPECT_EQ(found(plain.id).settings, SessionSettings());
  const auto difference = found(rich.id).expires - rich.expires;
  EXPECT_LT(difference < 0s ? -difference : difference, 1ms);
  EXPECT_EQ(wait(store->find({.principal = "user:bob"}, rich.id)).error().code, ErrorCode::kForbidden);
  settings.greeting.reset();
  settings.recording_consent = false;
  const auto become = [&](SessionSettings& present) {
    present = settings;
    return Result<>();
  };
  EXPECT_TRUE(wait(store->configure(alice, rich.id, become)));
  restart();
  EXPECT_EQ(found(rich.id).settings, settings);
}

TEST_F(SessionJournalTest, WhoWasInConversationIsWaitedForAndWhatIsOverStaysOver) {
  const auto talking = made();
  const auto over = made();
  const auto removed = made();
  EXPECT_TRUE(wait(store->begin(alice, talking.id)));
  EXPECT_TRUE(wait(store->finish(alice, over.id, SessionStatus::kError)));
  EXPECT_TRUE(wait(store->remove(alice, removed.id)));
  restart();
  EXPECT_EQ(found(talking.id).status, SessionStatus::kPending);
  EXPECT_EQ(found(over.id).status, SessionStatus::kError);
  EXPECT_EQ(wait(store->find(alice, removed.id)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(wait(store->list(alice, 10))->size(), 2U);
  EXPECT_EQ(wait(store->begin(alice, talking.id))->status, SessionStatus::kActive);
  clock->advance(limits.longest);
  restart();
  EXPECT_EQ(found(talking.id).status, SessionStatus::kExpired);
}

TEST_F(SessionJournalTest, AdmissionStartsFromNobody) {
  limits.active = 1;
  restart();
  const auto first = made();
  EXPECT_TRUE(wait(store->begin(alice, first.id)));
  EXPECT_FALSE(store->room());
  restart();
  EXPECT_TRUE(store->room());
}

TEST_F(SessionJournalTest, GoesOnWithoutAJournalAndCatchesUp) {
  ASSERT_TRUE(execute("alter table sessions rename to away"));
  const auto unwritten = made();
  EXPECT_EQ(found(unwritten.id).id, unwritten.id);
  ASSERT_TRUE(execute("alter table away rename to sessions"));
  const auto written = made();
  restart();
  EXPECT_EQ(found(unwritten.id).id, unwritten.id);
  EXPECT_EQ(found(written.id).id, written.id);
}

TEST_F(SessionJournalTest, ARecordThatCannotBeReadHidesNoOther) {
  const auto damaged = made();
  const auto whole = made();
  ASSERT_TRUE(execute("update sessions set settings = '{\"audioConfig\":{\"channels\":7}}' where rowid = 1"));
  restart();
  EXPECT_EQ(wait(store->find(alice, damaged.id)).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(found(whole.id).id, whole.id);
}

}  // namespace
}  // namespace parley::realtime
