// SPDX-License-Identifier: Apache-2.0
#include "inference/model_store.hpp"

#include "inference/checksum.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace parley::inference {

namespace fs = std::filesystem;
using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

namespace {

Error not_as_listed(const fs::path& path) {
  return {ErrorCode::kUnsupportedMedia, "the checksum is wrong: this is not the file of the list",
          path.string()};
}

bool has_size(const fs::path& path, std::uint64_t size) {
  std::error_code error;
  return fs::is_regular_file(path, error) && fs::file_size(path, error) == size && !error;
}

Result<> flush(const fs::path& path, int flags) {
  const int file = ::open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) return disk_error(errno, path);
  const int reason = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (reason != 0) return disk_error(reason, path);
  return {};
}

}  // namespace

Error disk_error(int reason, const fs::path& path) {
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) {
    return {ErrorCode::kServiceUnavailable, "there is no room for the model on the disk", path.string()};
  }
  return {ErrorCode::kServiceUnavailable,
          std::string("the model cannot be written: ") + std::strerror(reason), path.string()};
}

ModelLock::ModelLock(ModelLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

ModelLock::~ModelLock() {
  if (file_ >= 0) ::close(file_);
}

Result<Model> ModelStore::find(std::string_view name) const {
  std::string names;
  for (const Model& model : models_) {
    if (model.name == name) return model;
    names += (names.empty() ? "" : ", ") + model.name;
  }
  return Error{ErrorCode::kNotFound, "there is no such model in the list; there are " + names,
               std::string(name)};
}

std::vector<std::string> ModelStore::knowing(std::string_view language, std::string_view purpose) const {
  std::string wanted(language.substr(0, language.find_first_of("-_")));
  for (char& c : wanted) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::vector<std::string> names;
  for (const Model& model : models_) {
    const bool speaks = std::any_of(model.languages.begin(), model.languages.end(),
                                    [&](const auto& known) { return known == wanted || known == "any"; });
    if (speaks && model.purpose.find(purpose) != std::string::npos) names.push_back(model.name);
  }
  return names;
}

fs::path ModelStore::path(const Model& model, const ModelFile& file) const {
  return folder_ / model.name / file.path;
}

fs::path ModelStore::part(const Model& model, const ModelFile& file) const {
  return folder_ / model.name / (file.path + ".part");
}

bool ModelStore::present(const Model& model) const {
  for (const ModelFile& each : model.files) {
    if (!has_size(path(model, each), each.size)) return false;
  }
  return true;
}

std::optional<fs::path> ModelStore::file(std::string_view name, std::string_view wanted) const {
  const auto model = find(name);
  if (!model || !present(*model)) return std::nullopt;
  for (const ModelFile& each : model->files) {
    if (each.path == wanted) return path(*model, each);
  }
  return std::nullopt;
}

Result<> ModelStore::verify(const Model& model, const ModelProgress& progress) const {
  if (!present(model)) {
    return Error{ErrorCode::kModelRequired,
                 "the model is not here; fetch it: parley models pull " + model.name, model.name};
  }
  std::uint64_t before = 0;
  for (const ModelFile& each : model.files) {
    Checksum checksum;
    const auto size = add_file(checksum, path(model, each), [&](std::uint64_t read) {
      if (progress) progress(before + read, model.size());
    });
    if (!size) return size.error();
    if (checksum.finish() != each.sha256) return not_as_listed(path(model, each));
    before += each.size;
  }
  return {};
}

Result<> ModelStore::take_from(const Model& model, const fs::path& source,
                               const ModelProgress& progress) const {
  const auto locked = lock(model);
  if (!locked) return locked.error();
  std::uint64_t before = 0;
  for (const ModelFile& each : model.files) {
    const fs::path in_folder = source / model.name / each.path;
    std::error_code error;
    const fs::path from = fs::exists(in_folder, error) ? in_folder : source / each.path;
    const fs::path to = part(model, each);
    if (!fs::is_regular_file(from, error))
      return Error{ErrorCode::kNotFound, "there is no such file", from.string()};
    if (!has_size(from, each.size)) return not_as_listed(from);
    fs::copy_file(from, to, fs::copy_options::overwrite_existing, error);
    if (error) return disk_error(error.value(), to);
    // The copy is what is verified, not the original.
    Checksum checksum;
    const auto read = add_file(checksum, to, [&](std::uint64_t done) {
      if (progress) progress(before + done, model.size());
    });
    if (!read) return read.error();
    if (checksum.finish() != each.sha256) {
      fs::remove(to, error);
      return not_as_listed(from);
    }
    const auto kept = keep(model, each);
    if (!kept) return kept;
    before += each.size;
  }
  return {};
}

Result<> ModelStore::remove(const Model& model) const {
  const auto locked = lock(model);
  if (!locked) return locked.error();
  for (const ModelFile& each : model.files) {
    for (const fs::path& found : {path(model, each), part(model, each)}) {
      std::error_code error;
      fs::remove(found, error);
      if (error) return disk_error(error.value(), found);
    }
  }
  // The lock's file stays: another may wait on it. Nothing else is left.
  return {};
}

Result<ModelLock> ModelStore::lock(const Model& model) const {
  std::error_code error;
  const fs::path folder = folder_ / model.name;
  fs::create_directories(folder, error);
  if (error) return disk_error(error.value(), folder);
  const fs::path path = folder / ".lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return disk_error(errno, path);
  struct flock whole{};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(file, F_OFD_SETLK, &whole) == 0) return ModelLock(file);
  const int reason = errno;
  ::close(file);
  if (reason != EAGAIN && reason != EACCES) return disk_error(reason, path);
  return Error{ErrorCode::kConflict, "this model is being fetched or removed by another command", model.name};
}

Result<> ModelStore::keep(const Model& model, const ModelFile& file) const {
  const fs::path from = part(model, file);
  const fs::path to = path(model, file);
  const auto written = flush(from, O_RDONLY);
  if (!written) return written;
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return disk_error(error.value(), to);
  return flush(to.parent_path(), O_RDONLY | O_DIRECTORY);
}

}  // namespace parley::inference
