// SPDX-License-Identifier: Apache-2.0
#include "inference/providers/part_file.hpp"

#include "inference/model_store.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace parley::inference {

using runtime::Result;

Result<PartFile> PartFile::open(const std::filesystem::path& path, std::uint64_t size) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (file < 0) return disk_error(errno, path);
  PartFile part(path, file);
  const auto held = add_file(part.checksum_, path);
  if (!held) return held.error();
  part.size_ = *held;
  if (part.size_ > size) {
    const auto dropped = part.restart();
    if (!dropped) return dropped.error();
  }
  if (::lseek(file, static_cast<off_t>(part.size_), SEEK_SET) < 0) return disk_error(errno, path);
  return part;
}

PartFile::PartFile(PartFile&& other) noexcept
    : path_(std::move(other.path_)),
      file_(std::exchange(other.file_, -1)),
      size_(other.size_),
      checksum_(std::move(other.checksum_)) {}

PartFile::~PartFile() {
  if (file_ >= 0) ::close(file_);
}

Result<> PartFile::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return disk_error(written == 0 ? ENOSPC : errno, path_);
    const auto count = static_cast<std::size_t>(written);
    checksum_.add(bytes.substr(0, count));
    size_ += count;
    bytes.remove_prefix(count);
  }
  return {};
}

Result<> PartFile::restart() {
  if (::ftruncate(file_, 0) != 0 || ::lseek(file_, 0, SEEK_SET) < 0) return disk_error(errno, path_);
  checksum_ = Checksum();
  size_ = 0;
  return {};
}

}  // namespace parley::inference
