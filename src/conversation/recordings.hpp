// SPDX-License-Identifier: Apache-2.0
// Recordings of sessions whose owners agreed to it: Ogg Opus at 48 kHz, the user on the left, the answers as
// they were played on the right. Each principal has a folder of their own, named after them, and only what is
// in it is ever shown to them.
//
// A recording grows under the suffix ".partial". One whose process was killed is kept as far as it was
// written: who agreed and did not take that back is still recorded.
#pragma once

#include "conversation/recording_state.hpp"
#include "conversation/recording_timeline.hpp"
#include "runtime/clock.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/context.hpp"
#include "runtime/log.hpp"
#include "runtime/result.hpp"
#include "runtime/task.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace parley::conversation {

struct RecordingLimits {
  std::uint64_t bytes = 64U << 20U;       // of one recording: it ends there
  std::uint64_t disk_free = 256U << 20U;  // is left to others: a recording ends there, too
  std::chrono::hours kept{0};             // then it is removed; 0: until somebody does so
};

// What is under way. Calls never wait: sound is gathered, and encoded and written behind the conversation.
// When the disk does not take it, or not fast enough, the recording ends where it is, and a warning goes to
// the log. One thread at a time; calls come in the order of their times.
class Recording {
 public:
  class File;
  Recording(std::shared_ptr<File> file, runtime::TimePoint begins);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;

  // As of RecordingTimeline.
  void heard(std::span<const std::int16_t> samples, runtime::TimePoint now);
  void sent(std::shared_ptr<const PlaybackLedger> ledger, std::chrono::microseconds offset,
            const audio::Pcm& sound);
  void advance(runtime::TimePoint now);
  void interrupted(runtime::TimePoint now);

  // It is over.
  void finish(runtime::TimePoint now);
  // It was taken back: it ends and is removed.
  void withdraw();
  RecordingState state() const;

 private:
  bool goes_on();  // and lets go of what it holds when it does not
  void pass_on(runtime::TimePoint now);

  std::shared_ptr<File> file_;
  std::unique_ptr<RecordingTimeline> timeline_;  // null: nothing more is recorded
};

struct RecordingInfo {
  std::string session;
  runtime::WallTime began;
  std::uint64_t bytes = 0;
  bool finished = false;
};

// The recording of a session, or a part of it, to be read once from its beginning to its end.
class RecordedSound {
 public:
  virtual ~RecordedSound() = default;
  virtual std::uint64_t size() const = 0;  // bytes
  // Only so many bytes of it from there on; no more than there are. Before the first next().
  virtual void narrow(std::uint64_t first, std::uint64_t count) = 0;
  // The next of them; none at the end. SERVICE_UNAVAILABLE when it was removed meanwhile.
  virtual runtime::Task<runtime::Result<std::string>> next(runtime::Context context) = 0;
};

// Thread-safe. Whose recordings they are, the context's tenant and principal say. Errors beside those named:
// OVERLOADED, TIMEOUT, CANCELLED.
class Recordings {
 public:
  // The pools outlive this and all recordings.
  struct Parts {
    std::filesystem::path folder;  // made when there is none, for its owner alone
    RecordingLimits limits;
    runtime::ComputePool& reading;
    runtime::ComputePool& writing;
    std::shared_ptr<const runtime::Clock> clock;
    std::shared_ptr<runtime::Log> log;
  };
  explicit Recordings(Parts parts);
  ~Recordings();
  Recordings(const Recordings&) = delete;
  Recordings& operator=(const Recordings&) = delete;

  // From now on. A session that is talked in several times has as many recordings, which are shown as one.
  std::unique_ptr<Recording> begin(const runtime::Context& context, const std::string& session,
                                   runtime::TimePoint now);
  // Of the newest recording of a session that is in conversation; nothing when there is none.
  std::optional<RecordingState> state(const std::string& session) const;

  // Newest first, at most a thousand.
  runtime::Task<runtime::Result<std::vector<RecordingInfo>>> list(runtime::Context context);
  // NOT_FOUND when there is none, CONFLICT while it is made.
  runtime::Task<runtime::Result<std::shared_ptr<RecordedSound>>> open(runtime::Context context,
                                                                      std::string session);
  // Ends what is under way of a session, and removes all there is of it.
  runtime::Task<runtime::Result<>> remove(runtime::Context context, std::string session);

  // Ends what another process left, and removes what is too old, behind the call. To be called now and then.
  void sweep();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::conversation
