// SPDX-License-Identifier: Apache-2.0
#include "storage/data_directory.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::storage {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::size_t kMaxAddressBytes = 256;

Error unusable(const std::filesystem::path& path, int reason) {
  return {ErrorCode::kServiceUnavailable,
          std::string("the data directory cannot be used: ") + std::strerror(reason), path.string()};
}

// As create_directories, with every new folder closed to others.
Result<> make_private(const std::filesystem::path& path) {
  std::filesystem::path so_far;
  for (const auto& part : path) {
    so_far /= part;
    if (so_far.empty() || ::mkdir(so_far.c_str(), 0700) == 0) continue;
    const int reason = errno;
    struct stat found{};
    const bool is_folder = ::stat(so_far.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
    if (!is_folder) return unusable(path, reason == EEXIST ? ENOTDIR : reason);
  }
  return {};
}

// An open file description lock: the kernel drops it with the last descriptor, and looking at it
// (F_OFD_GETLK) does not take it, so that a look never disturbs a server that starts at that moment.
struct flock whole_file() {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

std::string read_address(int file) {
  std::string text(kMaxAddressBytes, '\0');
  const ssize_t size = ::pread(file, text.data(), text.size(), 0);
  text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  // Half an address is none: the writer ends it with a line break.
  const auto end = text.find('\n');
  return end == std::string::npos ? std::string() : text.substr(0, end);
}

}  // namespace

Result<DataDirectory> DataDirectory::lock(const std::filesystem::path& path) {
  const Result<> made = make_private(path);
  if (!made) return made.error();
  const auto lock_file = path / "lock";
  const int file = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return unusable(path, errno);
  DataDirectory directory(path, file);
  struct flock request = whole_file();
  if (::fcntl(file, F_OFD_SETLK, &request) != 0) {
    const int reason = errno;
    if (reason != EAGAIN && reason != EACCES) return unusable(path, reason);
    const std::string address = read_address(file);
    directory.file_ = -1;  // not ours to clear
    ::close(file);
    return Error{ErrorCode::kConflict,
                 address.empty() ? "another Parley process uses this data directory"
                                 : "Parley already runs on this data directory, at " + address,
                 path.string()};
  }
  if (::ftruncate(file, 0) != 0) return unusable(path, errno);
  return directory;
}

Result<std::optional<std::string>> DataDirectory::running_address(const std::filesystem::path& path) {
  const auto lock_file = path / "lock";
  const int file = ::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return std::optional<std::string>();
    return unusable(path, errno);
  }
  std::optional<std::string> address;
  struct flock holder = whole_file();
  if (::fcntl(file, F_OFD_GETLK, &holder) == 0 && holder.l_type != F_UNLCK) address = read_address(file);
  ::close(file);
  return address;
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)) {}

DataDirectory& DataDirectory::operator=(DataDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(file_, other.file_);
  return *this;
}

DataDirectory::~DataDirectory() {
  if (file_ < 0) return;
  // Before the lock goes, so that nobody reads an address that is no more.
  static_cast<void>(::ftruncate(file_, 0));
  ::close(file_);
}

Result<> DataDirectory::publish_address(std::string_view address) {
  const std::string line = std::string(address) + "\n";
  if (line.size() > kMaxAddressBytes) return Error{ErrorCode::kBadRequest, "the address is too long"};
  const bool written = ::ftruncate(file_, 0) == 0 &&
                       ::pwrite(file_, line.data(), line.size(), 0) == static_cast<ssize_t>(line.size());
  if (!written) return unusable(path_, errno);
  return {};
}

}  // namespace parley::storage
