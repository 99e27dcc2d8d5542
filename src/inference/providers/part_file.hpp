// SPDX-License-Identifier: Apache-2.0
// A file that grows while it is fetched, and the checksum of what it holds.
#pragma once

#include "inference/checksum.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>

namespace parley::inference {

class PartFile {
 public:
  // Opens or makes it. What it holds of an interrupted download is kept and read once for the checksum; more
  // than `size` bytes cannot be of the file that is wanted and are dropped.
  static runtime::Result<PartFile> open(const std::filesystem::path& path, std::uint64_t size);
  ~PartFile();
  PartFile(PartFile&& other) noexcept;
  PartFile& operator=(PartFile&&) = delete;

  std::uint64_t size() const { return size_; }
  runtime::Result<> add(std::string_view bytes);
  // Forgets everything.
  runtime::Result<> restart();
  // Of all of it; the last thing to ask.
  std::string checksum() { return checksum_.finish(); }

 private:
  PartFile(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}

  std::filesystem::path path_;
  int file_;
  std::uint64_t size_ = 0;
  Checksum checksum_;
};

}  // namespace parley::inference
