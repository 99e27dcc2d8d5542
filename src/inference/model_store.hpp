// SPDX-License-Identifier: Apache-2.0
// The models on this machine: one folder for each, with the files that the list names. A file has its name
// only once it was verified; until then it is NAME.part.
#pragma once

#include "inference/types.hpp"
#include "runtime/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::inference {

// Held while a model is fetched or removed, by one process and one caller at a time; dropped by the kernel
// however the process ends.
class ModelLock {
 public:
  explicit ModelLock(int file) : file_(file) {}
  ~ModelLock();
  ModelLock(ModelLock&& other) noexcept;
  ModelLock& operator=(ModelLock&& other) = delete;

 private:
  int file_;
};

// Done, of all bytes of the model.
using ModelProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Blocks on the disk. Any number of stores, also of several processes, may stand on one folder.
class ModelStore {
 public:
  ModelStore(std::filesystem::path folder, std::vector<Model> models)
      : folder_(std::move(folder)), models_(std::move(models)) {}

  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<Model>& models() const { return models_; }
  // NOT_FOUND, with the names there are, when the list has no such model.
  runtime::Result<Model> find(std::string_view name) const;

  // The models that serve `purpose` (a word of Model::purpose) in a language (BCP 47, "de-AT" counts as
  // "de"), in the order of the list.
  std::vector<std::string> knowing(std::string_view language, std::string_view purpose) const;

  // Whether every file is there in its size. Cheap; the content was verified when it came.
  bool present(const Model& model) const;
  // The file of a present model; nothing when the model is not present or not in the list.
  std::optional<std::filesystem::path> file(std::string_view model, std::string_view path) const;
  std::filesystem::path path(const Model& model, const ModelFile& file) const;
  std::filesystem::path part(const Model& model, const ModelFile& file) const;

  // Reads every file again. MODEL_REQUIRED when the model is not present, UNSUPPORTED_MEDIA when a file is
  // not what the list says; `param` names it.
  runtime::Result<> verify(const Model& model, const ModelProgress& progress = {}) const;
  // Takes the files from a folder, in which they lie under their names, or in a folder of the model's name.
  // Errors as for verify, NOT_FOUND when a file is missing, SERVICE_UNAVAILABLE when the disk is full or not
  // writable.
  runtime::Result<> take_from(const Model& model, const std::filesystem::path& source,
                              const ModelProgress& progress = {}) const;
  // Removes the model with what is left of interrupted downloads; nothing else that lies in its folder.
  runtime::Result<> remove(const Model& model) const;

  // CONFLICT when another holds it.
  runtime::Result<ModelLock> lock(const Model& model) const;

  // Makes a verified .part the file, so that it is there whole or not at all, also after a power failure.
  // Under the lock.
  runtime::Result<> keep(const Model& model, const ModelFile& file) const;

 private:
  std::filesystem::path folder_;
  std::vector<Model> models_;
};

// What a failed system call means for a model.
runtime::Error disk_error(int reason, const std::filesystem::path& path);

}  // namespace parley::inference
