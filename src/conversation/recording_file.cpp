// SPDX-License-Identifier: Apache-2.0
#include "conversation/recording_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace parley::conversation {
namespace fs = std::filesystem;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMostWaiting = 8U << 20U;  // bytes; four minutes of a user
constexpr std::size_t kAtOnce = kRecordingRate;  // frames between two looks at whether to go on

Error failed(int failure) { return Error{ErrorCode::kServiceUnavailable, std::strerror(failure)}; }

}  // namespace

Result<> make_private_folder(const fs::path& folder) {
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  if (errno != ENOENT || !folder.has_parent_path() || folder.parent_path() == folder) return failed(errno);
  const auto parent = make_private_folder(folder.parent_path());
  if (!parent) return parent;
  if (::mkdir(folder.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return failed(errno);
}

Recording::File::File(Parts parts)
    : parts_(std::move(parts)), partial_(parts_.path.string() + std::string(kPartialSuffix)) {}

Recording::File::~File() {
  if (file_ >= 0) ::close(file_);
}

void Recording::File::put(RecordingPart part, bool last) {
  const std::lock_guard lock(mutex_);
  if (withdrawn_ || last_came_) return;
  const std::size_t bytes = part.bytes();
  slow_ = waiting_bytes_ + bytes > kMostWaiting;
  last_came_ = last || slow_;
  if (last_came_) leave(slow_ ? RecordingState::kFailed : RecordingState::kFinished);
  if (!slow_) {
    waiting_bytes_ += bytes;
    waiting_.push_back(std::move(part));
  }
  if (working_) return;
  // A pool that is full is asked again with the next part; without one the file stays as it is.
  working_ = static_cast<bool>(parts_.pool.post([self = shared_from_this()] { self->work(); }));
}

// The first reason counts, except that it is withdrawn.
void Recording::File::leave(RecordingState state) {
  auto active = RecordingState::kActive;
  state_.compare_exchange_strong(active, state);
}

void Recording::File::withdraw() {
  state_ = RecordingState::kWithdrawn;
  const std::lock_guard lock(mutex_);
  withdrawn_ = true;
  waiting_.clear();
}

void Recording::File::remove() {
  withdraw();
  ::unlink(partial_.c_str());
  ::unlink(parts_.path.c_str());
}

void Recording::File::work() {
  while (auto part = next()) {
    const auto encoded = encode(std::move(*part));
    if (encoded) continue;
    end(encoded.error());
    return;
  }
}

// Nothing when there is no more to do just now, or ever.
std::optional<RecordingPart> Recording::File::next() {
  std::unique_lock lock(mutex_);
  if (!withdrawn_ && !waiting_.empty()) {
    auto part = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= part.bytes();
    return part;
  }
  const bool over = last_came_ && !withdrawn_;
  const bool slow = slow_;
  if (!over) working_ = false;
  lock.unlock();
  if (over) {
    end(slow ? std::optional(Error{ErrorCode::kServiceUnavailable, "the disk is too slow"}) : std::nullopt);
  }
  return std::nullopt;
}

Result<> Recording::File::encode(RecordingPart part) {
  if (!writer_) {
    auto made = audio::OggOpusWriter::create(parts_.encoding);
    if (!made) return made.error();
    writer_.emplace(std::move(*made));
  }
  const auto added = mixer_.add(std::move(part));
  if (!added) return added;
  for (;;) {
    const auto mixed = mixer_.mix(kAtOnce);
    if (mixed.empty()) return {};
    const auto bytes = writer_->write(mixed);
    if (!bytes) return bytes.error();
    const auto appended = append(*bytes);
    if (!appended) return appended;
    frames_ += static_cast<std::int64_t>(mixed.size() / 2);
  }
}

Result<> Recording::File::append(std::string_view bytes) {
  if (bytes.empty()) return {};
  const auto made = make();
  if (!made) return made;
  const auto room = check_room(bytes.size());
  if (!room) return room;
  const std::uint64_t size = bytes.size();
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed(errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  written_ += size;
  return {};
}

// Once it is withdrawn there must not be a file that was not there before.
Result<> Recording::File::make() {
  const std::lock_guard lock(mutex_);
  if (withdrawn_) return Error{ErrorCode::kCancelled, "the recording was withdrawn"};
  if (file_ >= 0) return {};
  // Somebody else may remove an empty folder just now, but not twice.
  for (int attempt = 0; file_ < 0 && attempt < 2; ++attempt) {
    const auto folder = make_private_folder(partial_.parent_path());
    if (!folder) return folder;
    file_ = ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  }
  // The lock is dropped with the process, which tells that nobody writes any more.
  if (file_ < 0 || ::flock(file_, LOCK_EX | LOCK_NB) != 0) return failed(errno);
  return {};
}

Result<> Recording::File::check_room(std::size_t bytes) const {
  if (written_ + bytes > parts_.limits.bytes) {
    return Error{ErrorCode::kPayloadTooLarge, "the recording is as large as one may be"};
  }
  struct statvfs disk{};
  if (::fstatvfs(file_, &disk) != 0) return failed(errno);
  if (std::uint64_t{disk.f_bavail} * disk.f_frsize < parts_.limits.disk_free) {
    return Error{ErrorCode::kServiceUnavailable, "the disk is nearly full"};
  }
  return {};
}

// What has been written is kept, whole, whatever the reason.
void Recording::File::end(std::optional<Error> why) {
  const bool full = why && why->code == ErrorCode::kPayloadTooLarge;
  if (why) leave(full ? RecordingState::kFull : RecordingState::kFailed);
  if (!why && writer_) {
    const auto bytes = writer_->finish();
    const auto appended = bytes ? append(*bytes) : Result<>(bytes.error());
    if (!appended) why = appended.error();
  }
  writer_.reset();
  mixer_ = {};
  if (file_ >= 0 && (::ftruncate(file_, static_cast<off_t>(written_)) != 0 || ::fdatasync(file_) != 0) &&
      !why)
    why = failed(errno);
  bool withdrawn = false;
  {
    const std::lock_guard lock(mutex_);
    working_ = false;
    last_came_ = true;
    waiting_.clear();
    withdrawn = withdrawn_;
    const bool empty = written_ == 0;
    if (!withdrawn && empty && file_ >= 0) ::unlink(partial_.c_str());
    if (!withdrawn && !empty && ::rename(partial_.c_str(), parts_.path.c_str()) != 0 && !why)
      why = failed(errno);
  }
  if (file_ >= 0) ::close(std::exchange(file_, -1));
  if (withdrawn) return;
  const std::string file = parts_.path.string();
  if (why) {
    parts_.log->warn(parts_.context, "recording_failed",
                     {{"file", file}, {"error", runtime::to_string(*why)}});
  } else {
    parts_.log->info(
        parts_.context, "recording",
        {{"file", file}, {"seconds", static_cast<double>(frames_) / kRecordingRate}, {"bytes", written_}});
  }
}

}  // namespace parley::conversation
