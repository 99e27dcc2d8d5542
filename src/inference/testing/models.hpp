// SPDX-License-Identifier: Apache-2.0
// A model of one or two small files, and a folder to keep it in.
#pragma once

#include "inference/checksum.hpp"
#include "inference/model_store.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace parley::inference::testing {

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/parley_models_XXXXXX";
    path_ = ::mkdtemp(name);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string sum_of(const std::string& content) {
  Checksum checksum;
  checksum.add(content);
  return checksum.finish();
}

// The same bytes each time, without a pattern that hides a shift.
inline std::string content_of(std::size_t size) {
  std::string content(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : content) {
    state = state * 1664525U + 1013904223U;
    byte = static_cast<char>(state >> 24U);
  }
  return content;
}

inline ModelFile file_of(const std::string& path, const std::string& url, const std::string& content) {
  return {path, url, content.size(), sum_of(content)};
}

inline Model model_of(std::vector<ModelFile> files) {
  return {"one", "1", "testing", "none", {"en"}, "CC0", "https://example.org", std::move(files), {}, false};
}

inline void write_file(const std::filesystem::path& path, const std::string& content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

}  // namespace parley::inference::testing
