// SPDX-License-Identifier: Apache-2.0
// Where encoded audio is read from: a file or bytes in memory.
#pragma once

#include "runtime/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

namespace parley::audio {

// Blocking, one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // Reads up to `into.size()` bytes; fewer only at the end or when the device fails, which reads as the end.
  virtual std::size_t read(std::span<std::uint8_t> into) = 0;
  // From the first byte; a position past the end is kept and reads nothing. False when the device refuses.
  virtual bool seek(std::uint64_t position) = 0;
  virtual std::uint64_t size() const = 0;
};

// What a pipe may hold, since it is read into memory first.
inline constexpr std::size_t kMaxPipedBytes = std::size_t{256} << 20;

// NOT_FOUND, BAD_REQUEST for a folder or what cannot be read, PAYLOAD_TOO_LARGE for a pipe of more than
// kMaxPipedBytes.
runtime::Result<std::unique_ptr<ByteSource>> open_file(const std::filesystem::path& path);

std::unique_ptr<ByteSource> from_memory(std::string bytes);

}  // namespace parley::audio
