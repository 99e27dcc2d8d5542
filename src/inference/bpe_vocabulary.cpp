// SPDX-License-Identifier: Apache-2.0
#include "inference/bpe_vocabulary.hpp"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>

namespace parley::inference {

namespace fs = std::filesystem;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

constexpr std::uintmax_t kMostBytes = 16U << 20U;
constexpr std::size_t kByteValues = 256;

}  // namespace

Result<> check_bpe_vocabulary(const fs::path& file) {
  const auto bad = [&](std::string message) {
    return Error{ErrorCode::kUnsupportedMedia, std::move(message), file.string()};
  };
  std::error_code error;
  const auto size = fs::file_size(file, error);
  if (error) return Error{ErrorCode::kNotFound, "the list of word pieces cannot be read", file.string()};
  if (size == 0 || size > kMostBytes) return bad("the list of word pieces is empty or too long");
  std::ifstream in(file);
  std::size_t lines = 0;
  std::size_t bytes_from = 0;
  bool bytes = false;
  for (std::string line; std::getline(in, line); ++lines) {
    std::istringstream fields(line);
    std::string piece;
    float score = 0;
    if (!(fields >> piece >> score) || !std::isfinite(score)) {
      return bad("the list of word pieces has a line that is none");
    }
    if (piece != "<0x00>") continue;
    bytes = true;
    bytes_from = lines;
  }
  // The engine counts on from the first.
  if (bytes && lines - bytes_from < kByteValues) return bad("the list of word pieces lacks single bytes");
  return {};
}

}  // namespace parley::inference
