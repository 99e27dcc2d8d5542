// SPDX-License-Identifier: Apache-2.0
// The small digits-and-commands recogniser of tests/models/digits, with the library that computes it.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace parley::speech::testing {

inline std::filesystem::path digits_folder() {
  return std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/models/digits";
}

// Where tests/models installs sherpa-onnx from npm; a folder that may be absent.
inline std::string sherpa_onnx_library() {
  const auto folder =
      std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/models/node_modules/sherpa-onnx-linux-x64";
  return (folder / "libsherpa-onnx-c-api.so").string();
}

// Phrases that it was not trained on: voice and words.
inline std::vector<std::pair<std::string, std::string>> held_out_phrases() {
  std::vector<std::pair<std::string, std::string>> phrases;
  std::ifstream file(digits_folder() / "phrases.tsv");
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab != std::string::npos) phrases.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return phrases;
}

}  // namespace parley::speech::testing
