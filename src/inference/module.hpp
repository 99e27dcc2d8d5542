// SPDX-License-Identifier: Apache-2.0
// How the model store is opened from configuration, and how models come into it.
#pragma once

#include "inference/config.hpp"
#include "inference/model_store.hpp"
#include "runtime/context.hpp"
#include "runtime/task.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace parley::net {
class HttpClient;
}

namespace parley::inference {

// BAD_REQUEST when the list of models that the configuration names is not valid, NOT_FOUND when it cannot be
// read. Nothing is made on the disk before something is fetched.
runtime::Result<ModelStore> open_store(const Config& config);

struct PullOptions {
  std::vector<std::string> mirrors = {};       // tried first, in order
  std::chrono::milliseconds patience{60'000};  // for the next bytes
  ModelProgress progress = {};                 // called where the task runs
};

// Fetches what is missing of a model. What an interrupted call had received is kept and gone on from, by
// Range requests where the server knows them; a file is there only once its checksum was right. The store
// must outlive the task, which writes to the disk where it runs: not for a thread that carries sessions.
//   CONFLICT             another command fetches or removes this model
//   NOT_FOUND            no server has the file
//   UNSUPPORTED_MEDIA    what came is not the file of the list; it was dropped
//   SERVICE_UNAVAILABLE  no connection, or it was lost and so were the attempts to go on; or no room on the
//   disk TIMEOUT, CANCELLED   as the context says
// `param` names the address or file.
runtime::Task<runtime::Result<>> pull(runtime::Context context, std::shared_ptr<net::HttpClient> http,
                                      const ModelStore& store, Model model, PullOptions options);

}  // namespace parley::inference
