// SPDX-License-Identifier: Apache-2.0
// Documents on this machine's disk: which of them can be indexed, and their bytes.
#pragma once

#include "runtime/result.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace parley::app {

struct DocumentFile {
  std::filesystem::path path;
  std::string name;  // "notes.md", below a folder that was given "team/notes.md"
};

// The files to index at `path`, sorted: the file itself, or every supported document below the folder (hidden
// ones left out). NOT_FOUND when there is nothing at `path`.
runtime::Result<std::vector<DocumentFile>> find_documents(const std::filesystem::path& path);

runtime::Result<std::string> read_file(const std::filesystem::path& path);

}  // namespace parley::app
