// SPDX-License-Identifier: Apache-2.0
// SHA-256 of bytes that come piece by piece.
#pragma once

#include "runtime/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace parley::inference {

class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void add(std::string_view bytes);
  // 64 hexadecimal digits; nothing can be added afterwards.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Adds a whole file, and gives its size. NOT_FOUND when it cannot be read. `step` is told after every piece
// how much was read.
runtime::Result<std::uint64_t> add_file(Checksum& checksum, const std::filesystem::path& file,
                                        const std::function<void(std::uint64_t)>& step = {});

}  // namespace parley::inference
