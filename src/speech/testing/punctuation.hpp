// SPDX-License-Identifier: Apache-2.0
// The small punctuation networks of tests/models/punctuation.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace parley::speech::testing {

inline std::filesystem::path punctuation_folder() {
  return std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/models/punctuation";
}

// Texts that they were not trained on: as spoken and as written.
inline std::vector<std::pair<std::string, std::string>> punctuated_sentences() {
  std::vector<std::pair<std::string, std::string>> sentences;
  std::ifstream file(punctuation_folder() / "sentences.tsv");
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab != std::string::npos) sentences.emplace_back(line.substr(0, tab), line.substr(tab + 1));
  }
  return sentences;
}

}  // namespace parley::speech::testing
