// SPDX-License-Identifier: Apache-2.0
// Recordings and documents that some tests read when a folder of them lies beside the checkout. The project
// does not contain them; a test that misses them skips and says so.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace parley::testing {

// The path of a file or folder below the shared data, or nothing when it is absent. A use:
//   const auto file = shared_data("speech-recognition/whisper-cpp/jfk.wav");
//   if (!file) GTEST_SKIP() << "no shared test data beside the checkout";
inline std::optional<std::filesystem::path> shared_data(std::string_view relative) {
  auto path = std::filesystem::path(PARLEY_SHARED_DATA) / relative;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

}  // namespace parley::testing
