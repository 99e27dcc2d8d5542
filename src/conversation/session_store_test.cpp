// SPDX-License-Identifier: Apache-2.0
#include "conversation/session_store.hpp"

#include "runtime/io_threads.hpp"
#include "runtime/testing/fake_clock.hpp"
#include "runtime/testing/wait.hpp"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace parley::conversation {
namespace {

using namespace std::chrono_literals;
using runtime::Context;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

struct Harness {
  explicit Harness(SessionLimits limits = {}) : store(make_session_store(limits, clock)) {}

  template <class T>
  T wait(Task<T> task) {
    return runtime::testing::wait(io, std::move(task));
  }

  SessionRecord made(const Context& who) { return *wait(store->create(who, {})); }
  SessionStatus status(const Context& who, const std::string& id) {
    return wait(store->find(who, id))->status;
  }

  runtime::IoThreads io{1};
  std::shared_ptr<runtime::testing::FakeClock> clock = std::make_shared<runtime::testing::FakeClock>();
  std::shared_ptr<SessionStore> store;
  Context alice{.principal = "user:alice"};
  Context bob{.principal = "user:bob"};
};

TEST(SessionStore, KeepsASessionForWhomItBelongsToAndNobodyElse) {
  Harness h;
  const auto made = h.made(h.alice);
  EXPECT_EQ(made.owner, "user:alice");
  EXPECT_EQ(made.status, SessionStatus::kPending);
  EXPECT_EQ(h.wait(h.store->find(h.alice, made.id))->id, made.id);
  EXPECT_EQ(h.wait(h.store->find(h.bob, made.id)).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(h.wait(h.store->configure(h.bob, made.id, {})).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(h.wait(h.store->begin(h.bob, made.id)).error().code, ErrorCode::kForbidden);
  EXPECT_EQ(h.wait(h.store->finish(h.bob, made.id, SessionStatus::kError)).error().code,
            ErrorCode::kForbidden);
  EXPECT_EQ(h.wait(h.store->remove(h.bob, made.id)).error().code, ErrorCode::kForbidden);
  EXPECT_TRUE(h.wait(h.store->list(h.bob, 10))->empty());
  EXPECT_EQ(h.wait(h.store->find(h.alice, "sess_none")).error().code, ErrorCode::kNotFound);
}

TEST(SessionStore, GoesFromPendingToActiveToCompleted) {
  Harness h;
  const auto made = h.made(h.alice);
  EXPECT_EQ(h.wait(h.store->begin(h.alice, made.id))->status, SessionStatus::kActive);
  EXPECT_EQ(h.wait(h.store->begin(h.alice, made.id)).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(h.wait(h.store->finish(h.alice, made.id, SessionStatus::kCompleted)));
  EXPECT_TRUE(h.wait(h.store->finish(h.alice, made.id, SessionStatus::kError)));
  EXPECT_EQ(h.status(h.alice, made.id), SessionStatus::kCompleted);
  EXPECT_EQ(h.wait(h.store->begin(h.alice, made.id)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(h.wait(h.store->configure(h.alice, made.id, {})).error().code, ErrorCode::kConflict);
}

TEST(SessionStore, OpensForWhoIsThereAndKeepsNothingWhereThereIsNoRoom) {
  Harness h({.active = 1});
  const auto opened = h.wait(h.store->open(h.alice, {}));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->status, SessionStatus::kActive);
  EXPECT_EQ(h.wait(h.store->begin(h.alice, opened->id)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(h.wait(h.store->open(h.bob, {})).error().code, ErrorCode::kOverloaded);
  EXPECT_TRUE(h.wait(h.store->list(h.bob, 10))->empty());
}

TEST(SessionStore, WaitsForAClientThatMayComeBack) {
  Harness h;
  const auto made = h.made(h.alice);
  EXPECT_TRUE(h.wait(h.store->begin(h.alice, made.id)));
  h.clock->advance(1h);
  EXPECT_TRUE(h.wait(h.store->finish(h.alice, made.id, SessionStatus::kPending)));
  h.clock->advance(59min);
  EXPECT_EQ(h.status(h.alice, made.id), SessionStatus::kPending);
  EXPECT_TRUE(h.wait(h.store->begin(h.alice, made.id)));
  EXPECT_TRUE(h.wait(h.store->finish(h.alice, made.id, SessionStatus::kPending)));
  h.clock->advance(1h);
  EXPECT_EQ(h.status(h.alice, made.id), SessionStatus::kExpired);
}

TEST(SessionStore, RemembersItsConfiguration) {
  Harness h;
  const auto made = h.made(h.alice);
  SessionSettings settings;
  settings.voice.voice_id = "rms";
  settings.audio.sample_rate = 48'000;
  const auto become = [&](SessionSettings& present) {
    present = settings;
    return runtime::Result<>();
  };
  EXPECT_EQ(h.wait(h.store->configure(h.alice, made.id, become))->settings, settings);
  const auto faster = [](SessionSettings& present) {
    present.voice.speed = 2;
    return runtime::Result<>(runtime::Error{ErrorCode::kBadRequest, "too fast"});
  };
  EXPECT_EQ(h.wait(h.store->configure(h.alice, made.id, faster)).error().message, "too fast");
  EXPECT_EQ(h.wait(h.store->find(h.alice, made.id))->settings, settings);
}

TEST(SessionStore, LetsASessionExpireThatNobodyComesToAndOneThatGoesOnForTooLong) {
  Harness h;
  const auto idle = h.made(h.alice);
  const auto busy = h.made(h.alice);
  h.clock->advance(59min);
  EXPECT_TRUE(h.wait(h.store->begin(h.alice, busy.id)));
  h.clock->advance(1min);
  EXPECT_EQ(h.status(h.alice, idle.id), SessionStatus::kExpired);
  EXPECT_EQ(h.wait(h.store->begin(h.alice, idle.id)).error().code, ErrorCode::kConflict);
  EXPECT_EQ(h.status(h.alice, busy.id), SessionStatus::kActive);
  h.clock->advance(2h);
  EXPECT_EQ(h.status(h.alice, busy.id), SessionStatus::kExpired);
}

TEST(SessionStore, ListsTheNewestFirstAndForgetsTheOldestThatAreOver) {
  SessionLimits limits;
  limits.remembered = 2;
  Harness h(limits);
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(h.made(h.alice).id);
  for (int i = 0; i < 4; ++i) {
    EXPECT_TRUE(h.wait(h.store->finish(h.alice, ids.at(i), SessionStatus::kCompleted)));
  }
  const auto listed = h.wait(h.store->list(h.alice, 10));
  ASSERT_EQ(listed->size(), 3U);
  EXPECT_EQ(listed->at(0).id, ids[4]);
  EXPECT_EQ(listed->at(2).id, ids[2]);
  EXPECT_EQ(h.wait(h.store->list(h.alice, 1))->size(), 1U);
}

TEST(SessionStore, GivesOnePrincipalSoManyAndNoMore) {
  SessionLimits limits;
  limits.of_one = 2;
  Harness h(limits);
  const auto first = h.made(h.alice);
  h.made(h.alice);
  EXPECT_EQ(h.wait(h.store->create(h.alice, {})).error().code, ErrorCode::kQuotaExceeded);
  EXPECT_TRUE(h.wait(h.store->create(h.bob, {})));
  EXPECT_TRUE(h.wait(h.store->remove(h.alice, first.id)));
  EXPECT_TRUE(h.wait(h.store->create(h.alice, {})));
}

TEST(SessionStore, MakesRoomByForgettingWhatIsOver) {
  SessionLimits limits;
  limits.all = 3;
  Harness h(limits);
  const auto first = h.made(h.alice);
  h.made(h.alice);
  h.made(h.alice);
  EXPECT_EQ(h.wait(h.store->create(h.bob, {})).error().code, ErrorCode::kOverloaded);
  EXPECT_TRUE(h.wait(h.store->finish(h.alice, first.id, SessionStatus::kCompleted)));
  EXPECT_TRUE(h.wait(h.store->create(h.bob, {})));
}

TEST(SessionStore, LetsInExactlyAsManyAsMayBeActive) {
  SessionLimits limits;
  limits.active = 20;
  Harness h(limits);
  std::vector<std::string> ids;
  for (int i = 0; i < 80; ++i) ids.push_back(h.made(h.alice).id);
  std::atomic<int> admitted{0};
  {
    std::vector<std::jthread> clients;
    for (int t = 0; t < 4; ++t) {
      clients.emplace_back([&, t] {
        Harness own;  // its thread runs the calls
        for (int i = t; i < 80; i += 4) {
          if (own.wait(h.store->begin(h.alice, ids[static_cast<std::size_t>(i)]))) ++admitted;
        }
      });
    }
  }
  EXPECT_EQ(admitted, 20);
  EXPECT_EQ(h.store->room().error().code, ErrorCode::kOverloaded);
  const auto refused = h.wait(h.store->begin(h.alice, h.made(h.alice).id));
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
  EXPECT_TRUE(refused.error().retry_after);
  for (const auto& id : ids) EXPECT_TRUE(h.wait(h.store->finish(h.alice, id, SessionStatus::kCompleted)));
  EXPECT_TRUE(h.store->room());
  EXPECT_TRUE(h.wait(h.store->begin(h.alice, h.made(h.alice).id)));
}

}  // namespace
}  // namespace parley::conversation
