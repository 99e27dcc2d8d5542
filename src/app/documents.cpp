// SPDX-License-Identifier: Apache-2.0
#include "app/documents.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <string_view>

namespace parley::app {
namespace fs = std::filesystem;

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

bool is_document(const fs::path& path) {
  constexpr auto kExtensions =
      std::to_array<std::string_view>({".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml"});
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

}  // namespace

Result<std::vector<DocumentFile>> find_documents(const fs::path& path) {
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (!fs::exists(status)) return Error{ErrorCode::kNotFound, "there is no such file or folder"};
  // A file named by hand is tried whatever it is called; the library says what it cannot read.
  if (!fs::is_directory(status)) {
    return std::vector<DocumentFile>{{path, path.filename().string()}};
  }
  std::vector<DocumentFile> documents;
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto entry = fs::recursive_directory_iterator(path, options, failure);
       !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
    if (is_hidden(entry->path())) {
      if (entry->is_directory()) entry.disable_recursion_pending();
    } else if (entry->is_regular_file() && is_document(entry->path())) {
      documents.push_back({entry->path(), entry->path().lexically_relative(path).generic_string()});
    }
  }
  if (failure) return Error{ErrorCode::kNotFound, "the folder cannot be read"};
  std::ranges::sort(documents, {}, &DocumentFile::path);
  return documents;
}

Result<std::string> read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path)) return Error{ErrorCode::kNotFound, "the file cannot be read"};
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return Error{ErrorCode::kNotFound, "the file cannot be read"};
  return bytes;
}

}  // namespace parley::app
