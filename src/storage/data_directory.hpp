// SPDX-License-Identifier: Apache-2.0
// The folder that holds everything a process keeps, and the lock that says who uses it.
#pragma once

#include "runtime/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace parley::storage {

// Held from lock() until destroyed or the process is gone, however it ends: the kernel drops the lock, so
// that nothing is left over after a crash. Errors carry the path as `param`.
class DataDirectory {
 public:
  // Makes the directory, with its parents, for this user only (0700), and locks it. CONFLICT when another
  // process holds it, with that server's address in the message; SERVICE_UNAVAILABLE when it cannot be made
  // or written.
  static runtime::Result<DataDirectory> lock(const std::filesystem::path& path);

  // The address that the process holding the lock has published: nothing when nobody holds it, empty when it
  // has published none (a command that runs by itself, or a server still starting).
  static runtime::Result<std::optional<std::string>> running_address(const std::filesystem::path& path);

  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&& other) noexcept;
  ~DataDirectory();

  const std::filesystem::path& path() const { return path_; }

  // Lets other commands find the server, e.g. "https://127.0.0.1:3000".
  runtime::Result<> publish_address(std::string_view address);

 private:
  DataDirectory(std::filesystem::path path, int file) : path_(std::move(path)), file_(file) {}

  std::filesystem::path path_;
  int file_ = -1;
};

}  // namespace parley::storage
