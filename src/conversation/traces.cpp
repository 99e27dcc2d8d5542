// SPDX-License-Identifier: Apache-2.0
#include "conversation/traces.hpp"

#include "runtime/ids.hpp"
#include "runtime/wall_time.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace parley::conversation {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kBlock = 16U << 10U;     // is worth a write
constexpr std::size_t kWaiting = 512U << 10U;  // more waits for no disk
constexpr std::size_t kRoomForEnd = 64;
constexpr std::string_view kSuffix = ".trace";

// Nobody counts on what is removed here, least of all two that do it at the same time.
void make_room(const fs::path& folder, std::size_t files) {
  std::error_code ignored;
  std::vector<fs::path> found;
  for (fs::directory_iterator each(folder, ignored), end; each != end; each.increment(ignored)) {
    if (each->path().extension() == kSuffix) found.push_back(each->path());
    if (ignored) break;
  }
  if (found.size() < files) return;
  std::ranges::sort(found);  // named by their time
  found.resize(found.size() - files + 1);
  for (const fs::path& old : found) fs::remove(old, ignored);
}

}  // namespace

class Trace::File : public std::enable_shared_from_this<Trace::File> {
 public:
  File(fs::path path, std::size_t files, runtime::ComputePool& pool, std::shared_ptr<runtime::Log> log,
       runtime::Context context)
      : path_(std::move(path)),
        files_(files),
        pool_(pool),
        log_(std::move(log)),
        context_(std::move(context)) {}
  ~File() {
    if (file_ >= 0) ::close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // False when nothing more can be written.
  bool put(std::string_view lines, bool last) {
    const std::lock_guard lock(mutex_);
    if (broken_) return false;
    if (waiting_.size() + lines.size() > kWaiting) {
      broken_ = true;
      warn("the disk is too slow");
      return false;
    }
    waiting_ += lines;
    if (writing_ || (waiting_.size() < kBlock && !last)) return true;
    // A pool that is full is asked again with the next lines.
    writing_ = static_cast<bool>(pool_.post([self = shared_from_this()] { self->write(); }));
    return true;
  }

 private:
  void write() {
    for (;;) {
      std::string block;
      {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty() || broken_) {
          writing_ = false;
          return;
        }
        block = std::exchange(waiting_, {});
      }
      if (append(block)) continue;
      const int failure = errno;
      const std::lock_guard lock(mutex_);
      broken_ = true;
      warn(std::strerror(failure));
    }
  }

  bool append(std::string_view block) {
    if (file_ < 0) {
      std::error_code failure;
      // A folder that was there keeps the permissions that somebody gave it.
      const bool made = fs::create_directories(path_.parent_path(), failure);
      if (made) fs::permissions(path_.parent_path(), fs::perms::owner_all, failure);
      make_room(path_.parent_path(), files_);
      file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
      if (file_ < 0) return false;
    }
    while (!block.empty()) {
      const ssize_t count = ::write(file_, block.data(), block.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return false;
      block.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

  void warn(std::string_view why) {
    log_->warn(context_, "trace_failed", {{"file", path_.string()}, {"error", why}});
  }

  const fs::path path_;
  const std::size_t files_;
  runtime::ComputePool& pool_;
  const std::shared_ptr<runtime::Log> log_;
  const runtime::Context context_;
  int file_ = -1;  // of the one job that writes

  std::mutex mutex_;
  std::string waiting_;
  bool writing_ = false;
  bool broken_ = false;
};

Trace::Trace(std::shared_ptr<File> file, std::size_t most_bytes, const TurnConfig& config)
    : file_(std::move(file)), left_(most_bytes) {
  put(writer_.begin(config));
}

Trace::~Trace() {
  if (file_) file_->put(writer_.end("closed"), true);
}

void Trace::put(std::string lines) {
  if (!file_ || lines.empty()) return;
  if (lines.size() + kRoomForEnd > left_) {
    file_->put(writer_.end("full"), true);
    file_.reset();
    return;
  }
  left_ -= lines.size();
  if (!file_->put(lines, false)) file_.reset();
}

void Trace::event(const TurnEvent& event, const std::vector<TurnAction>& actions) {
  put(writer_.event(event, actions));
}

void Trace::configured(const TurnConfig& config) { put(writer_.configured(config)); }

void Trace::turn(const std::string& id, const std::vector<std::pair<std::string, double>>& marks) {
  put(writer_.turn(id, marks));
}

Traces::Traces(fs::path folder, TraceLimits limits, runtime::ComputePool& pool,
               std::shared_ptr<const runtime::Clock> clock, std::shared_ptr<runtime::Log> log)
    : folder_(std::move(folder)),
      limits_(limits),
      pool_(pool),
      clock_(std::move(clock)),
      log_(std::move(log)) {}

std::unique_ptr<Trace> Traces::begin(const runtime::Context& context, const TurnConfig& config) {
  const auto now = runtime::unix_milliseconds(clock_->wall_now());
  const fs::path path = folder_ / fmt::format("{}-{}{}", now, runtime::make_id("trace"), kSuffix);
  log_->info(context, "trace", {{"file", path.string()}});
  runtime::Context own;
  own.correlation_id = context.correlation_id;
  return std::make_unique<Trace>(std::make_shared<Trace::File>(path, limits_.files, pool_, log_, own),
                                 limits_.bytes, config);
}

}  // namespace parley::conversation
