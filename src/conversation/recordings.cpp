// SPDX-License-Identifier: Apache-2.0
#include "conversation/recordings.hpp"

#include "conversation/recording_file.hpp"
#include "runtime/wall_time.hpp"
#include "runtime/whole_number.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::conversation {
namespace fs = std::filesystem;

using runtime::Context;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;
using runtime::Task;

namespace {

constexpr std::size_t kMostListed = 1000;
constexpr std::size_t kBlock = 256U << 10U;
// After which one of which nothing has been written will not be.
constexpr std::chrono::hours kStillborn{1};

// A name that is nobody else's, whatever it is made of. Other letters than ours stay, since a name of a file
// may have no more than 255 bytes.
std::string encoded(std::string_view text) {
  std::string name;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80 || std::isalnum(byte) != 0 || c == '-' || c == '_') {
      name += c;
    } else {
      name += fmt::format("%{:02X}", byte);
    }
  }
  return name;
}

fs::path folder_of(const fs::path& folder, const Context& context) {
  return folder / encoded(context.tenant) / encoded(context.principal);
}

// SESSION-MILLISECONDS.ogg, or that with ".partial".
struct Found {
  fs::path path;
  RecordingInfo info;
};

std::optional<Found> read_entry(const fs::directory_entry& entry) {
  Found found{entry.path(), {}};
  std::string name = entry.path().filename().string();
  found.info.finished = !name.ends_with(kPartialSuffix);
  if (!found.info.finished) name.resize(name.size() - kPartialSuffix.size());
  if (!name.ends_with(kRecordingSuffix)) return std::nullopt;
  name.resize(name.size() - kRecordingSuffix.size());
  const std::size_t dash = name.rfind('-');
  if (dash == std::string::npos) return std::nullopt;
  const auto began = runtime::whole_number<std::int64_t>(std::string_view(name).substr(dash + 1));
  if (!began) return std::nullopt;
  std::error_code error;
  found.info.bytes = entry.file_size(error);
  if (error) return std::nullopt;
  found.info.session = name.substr(0, dash);
  found.info.began = runtime::WallTime(std::chrono::milliseconds(*began));
  return found;
}

// One that nobody writes any more is finished, if there is anything in it. What was just made is not locked
// yet, and empty, too.
void adopt(Found& found) {
  if (found.info.bytes == 0) return;
  const int file = ::open(found.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) {
    const fs::path whole = found.path.parent_path() / found.path.stem();
    found.info.finished = ::rename(found.path.c_str(), whole.c_str()) == 0;
    if (found.info.finished) found.path = whole;
  }
  ::close(file);
}

// Under both names: it may be adopted just now.
bool unlink_all(const Found& found) {
  fs::path whole = found.path;
  if (!found.info.finished) whole.replace_extension();
  const std::string partial = whole.string() + std::string(kPartialSuffix);
  const bool partial_gone = ::unlink(partial.c_str()) == 0 || errno == ENOENT;
  return (::unlink(whole.c_str()) == 0 || errno == ENOENT) && partial_gone;
}

// Oldest first, with those of which nothing has been written.
std::vector<Found> recordings_in(const fs::path& folder) {
  std::vector<Found> all;
  std::error_code ignored;
  for (fs::directory_iterator each(folder, ignored), end; each != end; each.increment(ignored)) {
    auto found = read_entry(*each);
    if (found && !found->info.finished) adopt(*found);
    if (found) all.push_back(std::move(*found));
    if (ignored) break;
  }
  std::ranges::sort(all, {}, [](const Found& found) { return found.info.began; });
  return all;
}

bool is_empty(const Found& found) { return found.info.bytes == 0; }

std::vector<Found> of_session(const fs::path& folder, const std::string& session) {
  auto all = recordings_in(folder);
  std::erase_if(all, [&](const Found& found) { return found.info.session != session; });
  return all;
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> all;
  std::error_code ignored;
  for (fs::directory_iterator each(folder, ignored), end; each != end; each.increment(ignored)) {
    if (each->is_directory(ignored)) all.push_back(each->path());
    if (ignored) break;
  }
  return all;
}

// Ends what another process left, and removes what is too old.
void sweep_all(const fs::path& folder, runtime::WallTime now, std::chrono::hours kept) {
  for (const fs::path& tenant : folders_in(folder)) {
    for (const fs::path& principal : folders_in(tenant)) {
      for (const Found& found : recordings_in(principal)) {
        const auto age = now - found.info.began;
        const bool old = kept.count() > 0 && found.info.finished && age > kept;
        if (old || (is_empty(found) && age > kStillborn)) ::unlink(found.path.c_str());
      }
      ::rmdir(principal.c_str());  // when nothing is left in it
    }
  }
}

// Recordings of a session behind each other: Ogg files may be chained (RFC 3533, 4).
class ChainedSound final : public RecordedSound {
 public:
  ChainedSound(std::vector<Found> parts, runtime::ComputePool& pool)
      : source_(std::make_shared<Source>(std::move(parts))), pool_(pool) {}

  std::uint64_t size() const override { return source_->size; }
  void narrow(std::uint64_t first, std::uint64_t count) override { source_->narrow(first, count); }

  Task<Result<std::string>> next(Context context) override {
    auto read = [source = source_] { return source->read(); };
    auto bytes = co_await pool_.run(std::move(context), std::move(read));
    co_return bytes;
  }

 private:
  struct Source {
    explicit Source(std::vector<Found> found) : parts(std::move(found)) {
      for (const Found& part : parts) size += part.info.bytes;
      left = size;
    }
    ~Source() {
      if (file >= 0) ::close(file);
    }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    void narrow(std::uint64_t first, std::uint64_t count) {
      for (offset = first; at < parts.size() && offset >= parts[at].info.bytes; ++at) {
        offset -= parts[at].info.bytes;
      }
      size = left = count;
    }
    Result<std::string> read() {
      if (left == 0) return std::string();
      if (file < 0) file = ::open(parts[at].path.c_str(), O_RDONLY | O_CLOEXEC);
      std::string block(std::min<std::uint64_t>({kBlock, left, parts[at].info.bytes - offset}), '\0');
      const ssize_t count =
          file < 0 ? -1 : ::pread(file, block.data(), block.size(), static_cast<off_t>(offset));
      if (count <= 0) return Error{ErrorCode::kServiceUnavailable, "the recording cannot be read"};
      block.resize(static_cast<std::size_t>(count));
      offset += block.size();
      left -= block.size();
      if (offset >= parts[at].info.bytes) {
        ::close(std::exchange(file, -1));
        offset = 0;
        ++at;
      }
      return block;
    }

    std::vector<Found> parts;
    std::uint64_t size = 0;  // bytes to be read,
    std::uint64_t left = 0;  // and not yet
    std::size_t at = 0;
    std::uint64_t offset = 0;
    int file = -1;
  };

  std::shared_ptr<Source> source_;
  runtime::ComputePool& pool_;
};

}  // namespace

Recording::Recording(std::shared_ptr<File> file, runtime::TimePoint begins)
    : file_(std::move(file)), timeline_(std::make_unique<RecordingTimeline>(begins)) {}

Recording::~Recording() = default;

RecordingState Recording::state() const { return file_->state(); }

bool Recording::goes_on() {
  if (timeline_ && state() != RecordingState::kActive) timeline_.reset();
  return timeline_ != nullptr;
}

void Recording::heard(std::span<const std::int16_t> samples, runtime::TimePoint now) {
  if (!goes_on()) return;
  timeline_->heard(samples, now);
  pass_on(now);
}

void Recording::sent(std::shared_ptr<const PlaybackLedger> ledger, std::chrono::microseconds offset,
                     const audio::Pcm& sound) {
  if (goes_on()) timeline_->sent(std::move(ledger), offset, sound);
}

void Recording::advance(runtime::TimePoint now) {
  if (!goes_on()) return;
  timeline_->advance(now);
  pass_on(now);
}

void Recording::interrupted(runtime::TimePoint now) {
  if (goes_on()) timeline_->interrupted(now);
}

void Recording::pass_on(runtime::TimePoint now) {
  if (timeline_->due(now)) file_->put(timeline_->take(now), false);
}

void Recording::finish(runtime::TimePoint now) {
  if (!goes_on()) return;
  file_->put(timeline_->finish(now), true);
  timeline_.reset();
}

void Recording::withdraw() {
  timeline_.reset();
  file_->remove();
}

struct Recordings::State {
  explicit State(Parts shared) : parts(std::move(shared)) {}

  const Parts parts;
  std::mutex mutex;
  std::multimap<std::string, std::weak_ptr<Recording::File>> live;  // by session, the oldest first
};

Recordings::Recordings(Parts parts) : state_(std::make_shared<State>(std::move(parts))) { sweep(); }

Recordings::~Recordings() = default;

void Recordings::sweep() {
  const auto& parts = state_->parts;
  auto work = [folder = parts.folder, now = parts.clock->wall_now(), kept = parts.limits.kept] {
    sweep_all(folder, now, kept);
  };
  const auto posted = parts.writing.post(std::move(work));
  static_cast<void>(posted);  // another time, then
}

std::unique_ptr<Recording> Recordings::begin(const Context& context, const std::string& session,
                                             runtime::TimePoint now) {
  State& state = *state_;
  const auto began = state.parts.clock->wall_now();
  const auto milliseconds = runtime::unix_milliseconds(began);
  Context own;
  own.correlation_id = context.correlation_id;
  auto file = std::make_shared<Recording::File>(Recording::File::Parts{
      .path = folder_of(state.parts.folder, context) /
              fmt::format("{}-{}{}", session, milliseconds, kRecordingSuffix),
      .encoding = {.serial = static_cast<std::uint32_t>(milliseconds),
                   .tags = {{"TITLE", "Conversation " + session},
                            {"DATE", runtime::iso_time(began)},
                            {"ARTIST", context.principal},
                            {"ENCODER", "Parley"},
                            {"DESCRIPTION", "left: the user; right: the answers, as they were played"}}},
      .limits = state.parts.limits,
      .pool = state.parts.writing,
      .log = state.parts.log,
      .context = own});
  {
    const std::lock_guard lock(state.mutex);
    std::erase_if(state.live, [](const auto& each) { return each.second.expired(); });
    state.live.emplace(session, file);
  }
  return std::make_unique<Recording>(std::move(file), now);
}

std::optional<RecordingState> Recordings::state(const std::string& session) const {
  const std::lock_guard lock(state_->mutex);
  const auto [first, last] = state_->live.equal_range(session);
  const auto file = first == last ? nullptr : std::prev(last)->second.lock();
  return file ? std::optional(file->state()) : std::nullopt;
}

Task<Result<std::vector<RecordingInfo>>> Recordings::list(Context context) {
  auto look = [folder = folder_of(state_->parts.folder, context)] {
    std::vector<RecordingInfo> infos;
    for (Found& found : recordings_in(folder)) {
      if (!is_empty(found)) infos.push_back(std::move(found.info));
    }
    std::ranges::reverse(infos);
    if (infos.size() > kMostListed) infos.resize(kMostListed);
    return infos;
  };
  auto listed = co_await state_->parts.reading.run(std::move(context), std::move(look));
  co_return listed;
}

Task<Result<std::shared_ptr<RecordedSound>>> Recordings::open(Context context, std::string session) {
  auto look = [folder = folder_of(state_->parts.folder, context), session] {
    auto found = of_session(folder, session);
    std::erase_if(found, is_empty);
    return found;
  };
  auto found = co_await state_->parts.reading.run(std::move(context), std::move(look));
  if (!found) co_return found.error();
  if (found->empty()) co_return Error{ErrorCode::kNotFound, "there is no recording of this session"};
  const bool finished = std::ranges::all_of(*found, [](const Found& each) { return each.info.finished; });
  if (!finished) co_return Error{ErrorCode::kConflict, "the session is still being recorded"};
  co_return std::make_shared<ChainedSound>(std::move(*found), state_->parts.reading);
}

Task<Result<>> Recordings::remove(Context context, std::string session) {
  const fs::path folder = folder_of(state_->parts.folder, context);
  // All that may still be written: of an earlier conversation in the session, too, but of nobody else.
  std::vector<std::shared_ptr<Recording::File>> files;
  {
    const std::lock_guard lock(state_->mutex);
    const auto [first, last] = state_->live.equal_range(session);
    for (auto each = first; each != last; ++each) {
      auto file = each->second.lock();
      if (file && file->path().parent_path() == folder) files.push_back(std::move(file));
    }
  }
  for (const auto& file : files) file->withdraw();
  auto clear = [folder, session, files = std::move(files)] {
    bool cleared = true;
    for (const auto& file : files) file->remove();
    for (const Found& found : of_session(folder, session)) cleared = unlink_all(found) && cleared;
    return cleared;
  };
  const auto cleared = co_await state_->parts.reading.run(std::move(context), std::move(clear));
  if (!cleared) co_return cleared.error();
  if (!*cleared) co_return Error{ErrorCode::kServiceUnavailable, "the recording could not be removed"};
  co_return Result<>();
}

}  // namespace parley::conversation
