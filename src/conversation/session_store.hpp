// SPDX-License-Identifier: Apache-2.0
// Which sessions there are, whose they are and how they were set up: the port, the store of one process, and
// the journal by which the next process knows them. What happens inside a session is not here (session.hpp).
#pragma once

#include "runtime/clock.hpp"
#include "runtime/context.hpp"
#include "runtime/result.hpp"
#include "runtime/task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::conversation {

// kPending: nobody is there. kActive: in conversation, or its client may come back.
enum class SessionStatus : std::uint8_t { kPending, kActive, kCompleted, kError, kExpired };

std::string_view name(SessionStatus status);

// What its client sends and is sent; protocols say which codecs they speak.
struct AudioSettings {
  std::string codec = "pcm16";
  std::int64_t sample_rate = 16'000;
  std::int64_t channels = 1;
  std::int64_t bit_depth = 16;
  bool operator==(const AudioSettings&) const = default;
};

struct VoiceSettings {
  std::string voice_id = {};  // empty: the server's default
  double speed = 1.0;
  double pitch = 1.0;
  std::string language = {};                     // that the user speaks; empty: the server's default
  std::vector<std::string> pronunciations = {};  // WRITTEN=SPOKEN, see text/pronunciations.hpp
  bool operator==(const VoiceSettings&) const = default;
};

struct SessionSettings {
  AudioSettings audio = {};
  VoiceSettings voice = {};
  std::optional<std::string> greeting = std::nullopt;  // nothing: the server's; empty: none
  bool recording_consent = false;                      // its owner agrees to be recorded
  bool operator==(const SessionSettings&) const = default;
};

struct SessionRecord {
  std::string id;
  std::string owner;  // the principal of the context that made it
  SessionStatus status = SessionStatus::kPending;
  SessionSettings settings = {};
  runtime::WallTime created = {};
  runtime::WallTime expires = {};
};

// A session belongs to the principal of the context that makes it; for all others it is FORBIDDEN. NOT_FOUND
// for a session that there is not, or no more. Calls may come from any thread. All values.
class SessionStore {
 public:
  virtual ~SessionStore() = default;

  // QUOTA_EXCEEDED when the principal has as many as one may have, OVERLOADED when there is no room at all.
  virtual runtime::Task<runtime::Result<SessionRecord>> create(runtime::Context context,
                                                               SessionSettings settings) = 0;
  // One that is active at once, for a client that is there. Errors as of create() and begin().
  virtual runtime::Task<runtime::Result<SessionRecord>> open(runtime::Context context,
                                                             SessionSettings settings) = 0;
  virtual runtime::Task<runtime::Result<SessionRecord>> find(runtime::Context context, std::string id) = 0;
  // The principal's own, newest first.
  virtual runtime::Task<runtime::Result<std::vector<SessionRecord>>> list(runtime::Context context,
                                                                          std::size_t limit) = 0;
  // Changes its settings, all at once: `change` is given them as they are, and must not wait. An error of its
  // own leaves them as they were; CONFLICT when the session is over.
  using Change = std::function<runtime::Result<>(SessionSettings&)>;
  virtual runtime::Task<runtime::Result<SessionRecord>> configure(runtime::Context context, std::string id,
                                                                  Change change) = 0;
  // Its client has come: it is active until finish(). CONFLICT when it is over or in conversation already,
  // OVERLOADED, with a time to try again, when as many are active as may be: exactly so many are let in,
  // however many ask at once.
  virtual runtime::Task<runtime::Result<SessionRecord>> begin(runtime::Context context, std::string id) = 0;
  // Its client has gone. It is over, as `status` says (completed or error), or waits again for its client
  // (pending). Nothing happens to one that is over already.
  virtual runtime::Task<runtime::Result<>> finish(runtime::Context context, std::string id,
                                                  SessionStatus status) = 0;
  virtual runtime::Task<runtime::Result<>> remove(runtime::Context context, std::string id) = 0;
  // What begin() would say just now of a session that it lets in or not for the room there is; never waits.
  virtual runtime::Result<> room() const = 0;
};

struct SessionLimits {
  std::size_t active = 2000;                     // in conversation at once
  std::size_t of_one = 4000;                     // pending and active, of one principal
  std::size_t remembered = 100;                  // that are over, of one principal
  std::size_t all = 100'000;                     // records
  std::chrono::milliseconds life{3'600'000};     // of one that nobody comes to
  std::chrono::milliseconds longest{7'200'000};  // of one in conversation
};

// Where the records of a store outlive the process. Calls may come from any thread; none of them fails: a
// session goes on without its journal, which says itself what is wrong.
class SessionJournal {
 public:
  virtual ~SessionJournal() = default;

  // Takes a record in the place of what it has of that session, or drops what it has. In the order of the
  // calls, and never waits.
  virtual void put(const SessionRecord& record) = 0;
  virtual void drop(const std::string& id) = 0;
  // Waits until all that was put and dropped before has been written, or could not be.
  virtual runtime::Task<> written(runtime::Context context) = 0;
};

// Of one process, which holds all records in memory. With a journal, a session is in it as it was made or
// configured when create() and configure() return, and what else changes follows. `known` are the records of
// an earlier process, the oldest first: sessions that were in conversation when it ended wait for their
// clients again.
std::shared_ptr<SessionStore> make_session_store(SessionLimits limits,
                                                 std::shared_ptr<const runtime::Clock> clock,
                                                 std::shared_ptr<SessionJournal> journal = nullptr,
                                                 std::vector<SessionRecord> known = {});

}  // namespace parley::conversation
