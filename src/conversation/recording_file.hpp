// SPDX-License-Identifier: Apache-2.0
// The file of one recording, encoded and written on a pool. Private to recordings.
#pragma once

#include "audio/ogg_opus.hpp"
#include "conversation/recording_mixer.hpp"
#include "conversation/recordings.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace parley::conversation {

inline constexpr std::string_view kRecordingSuffix = ".ogg";
inline constexpr std::string_view kPartialSuffix = ".partial";  // behind it, while it grows

// Lives as long as somebody holds it or it is being written. Thread-safe.
class Recording::File : public std::enable_shared_from_this<Recording::File> {
 public:
  struct Parts {
    std::filesystem::path path;  // of the finished one
    audio::OggOpusSettings encoding;
    RecordingLimits limits;
    runtime::ComputePool& pool;
    std::shared_ptr<runtime::Log> log;
    runtime::Context context;
  };
  explicit File(Parts parts);
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::filesystem::path& path() const { return parts_.path; }
  RecordingState state() const { return state_; }
  void put(RecordingPart part, bool last);
  // No file comes into being from now on. What there is bears the name of path(), or that with
  // kPartialSuffix before.
  void withdraw();
  // And what there is, is removed.
  void remove();

 private:
  void work();
  std::optional<RecordingPart> next();
  runtime::Result<> encode(RecordingPart part);
  runtime::Result<> append(std::string_view bytes);
  runtime::Result<> make();
  runtime::Result<> check_room(std::size_t bytes) const;
  void end(std::optional<runtime::Error> why);
  void leave(RecordingState state);

  const Parts parts_;
  const std::filesystem::path partial_;
  std::atomic<RecordingState> state_ = RecordingState::kActive;

  // Of the one job that works.
  RecordingMixer mixer_;
  std::optional<audio::OggOpusWriter> writer_;
  int file_ = -1;
  std::uint64_t written_ = 0;  // whole pages
  std::int64_t frames_ = 0;

  std::mutex mutex_;
  std::deque<RecordingPart> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool working_ = false;
  bool last_came_ = false;
  bool slow_ = false;
  bool withdrawn_ = false;
};

// Makes a folder that there is not, with its parents, for its owner alone.
runtime::Result<> make_private_folder(const std::filesystem::path& folder);

}  // namespace parley::conversation
