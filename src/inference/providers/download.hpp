// SPDX-License-Identifier: Apache-2.0
// Fetches the files of a model over HTTP(S).
#pragma once

#include "inference/model_store.hpp"
#include "inference/module.hpp"
#include "runtime/context.hpp"
#include "runtime/task.hpp"

#include <memory>

namespace parley::inference {

runtime::Task<runtime::Result<>> download(runtime::Context context, std::shared_ptr<net::HttpClient> http,
                                          const ModelStore& store, Model model, PullOptions options);

}  // namespace parley::inference
