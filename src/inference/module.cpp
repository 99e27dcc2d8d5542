// SPDX-License-Identifier: Apache-2.0
#include "inference/module.hpp"

#include "inference/manifest.hpp"
#include "inference/providers/download.hpp"

#include <fstream>
#include <sstream>
#include <utility>

namespace parley::inference {

using runtime::Error;
using runtime::ErrorCode;
using runtime::Result;

Result<ModelStore> open_store(const Config& config) {
  std::string own;
  if (!config.manifest.empty()) {
    std::ifstream file(config.manifest);
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) return Error{ErrorCode::kNotFound, "the list of models cannot be read", config.manifest};
    own = text.str();
  }
  auto models = read_manifest(config.manifest.empty() ? built_in_manifest() : std::string_view(own));
  if (!models) return models.error();
  return ModelStore(config.folder, std::move(*models));
}

runtime::Task<Result<>> pull(runtime::Context context, std::shared_ptr<net::HttpClient> http,
                             const ModelStore& store, Model model, PullOptions options) {
  co_return co_await download(std::move(context), std::move(http), store, std::move(model),
                              std::move(options));
}

}  // namespace parley::inference
