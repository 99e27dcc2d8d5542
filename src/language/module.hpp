// SPDX-License-Identifier: Apache-2.0
// How the engines of this domain are made from configuration.
#pragma once

#include "language/chat_model.hpp"
#include "language/config.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "runtime/task.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace parley::net {
class HttpClient;
}

namespace parley::language {

struct Deps {
  runtime::ComputePool& pool;  // for engines of this process; outlives them
  runtime::Executor executor;
  std::shared_ptr<net::HttpClient> http;
  std::shared_ptr<runtime::Log> log;
};

// The keys of the engines there are.
std::vector<std::string_view> chat_engines();

// BAD_REQUEST when the configuration is not valid. Nothing is sent anywhere before the first question.
runtime::Result<std::shared_ptr<ChatModel>> make_chat_model(const Config& config, const Deps& deps);

}  // namespace parley::language
