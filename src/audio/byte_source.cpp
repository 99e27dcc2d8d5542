// SPDX-License-Identifier: Apache-2.0
#include "audio/byte_source.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

#include <sys/stat.h>

namespace parley::audio {
namespace {

using runtime::Error;
using runtime::ErrorCode;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

class FileSource final : public ByteSource {
 public:
  FileSource(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}

  std::size_t read(std::span<std::uint8_t> into) override {
    return std::fread(into.data(), 1, into.size(), file_.get());
  }
  bool seek(std::uint64_t position) override {
    return std::in_range<off_t>(position) &&
           ::fseeko(file_.get(), static_cast<off_t>(position), SEEK_SET) == 0;
  }
  std::uint64_t size() const override { return size_; }

 private:
  File file_;
  std::uint64_t size_;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}

  std::size_t read(std::span<std::uint8_t> into) override {
    if (position_ >= bytes_.size() || into.empty()) return 0;
    const auto count = std::min<std::size_t>(into.size(), bytes_.size() - position_);
    std::memcpy(into.data(), bytes_.data() + position_, count);
    position_ += count;
    return count;
  }
  bool seek(std::uint64_t position) override {
    position_ = position;
    return true;
  }
  std::uint64_t size() const override { return bytes_.size(); }

 private:
  std::string bytes_;
  std::uint64_t position_ = 0;
};

// A pipe cannot be wound back, which every container but WAV needs.
runtime::Result<std::unique_ptr<ByteSource>> spool(std::FILE* pipe) {
  std::string bytes;
  std::array<char, 65536> block;
  for (std::size_t count = 0; (count = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
    if (bytes.size() + count > kMaxPipedBytes) {
      return Error{ErrorCode::kPayloadTooLarge, "the piped audio is too long: write it to a file first"};
    }
    bytes.append(block.data(), count);
  }
  return from_memory(std::move(bytes));
}

}  // namespace

runtime::Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path) {
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored)) return Error{ErrorCode::kNotFound, "there is no such file"};
    return Error{ErrorCode::kBadRequest, "the file cannot be read"};
  }
  struct stat about{};
  if (::fstat(::fileno(file.get()), &about) != 0 || S_ISDIR(about.st_mode)) {
    return Error{ErrorCode::kBadRequest, "a folder is no audio file"};
  }
  if (!S_ISREG(about.st_mode)) return spool(file.get());
  return std::unique_ptr<ByteSource>(
      std::make_unique<FileSource>(std::move(file), static_cast<std::uint64_t>(about.st_size)));
}

std::unique_ptr<ByteSource> from_memory(std::string bytes) {
  return std::make_unique<MemorySource>(std::move(bytes));
}

}  // namespace parley::audio
