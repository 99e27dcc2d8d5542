// SPDX-License-Identifier: Apache-2.0
// Language servers that run on this machine already: offered to the user, never used by themselves.
#pragma once

#include "runtime/context.hpp"
#include "runtime/task.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace parley::net {
class HttpClient;
}

namespace parley::language {

struct LocalServer {
  std::string name;      // "Ollama"
  std::string base_url;  // for language.openai.base_url or --llm
  std::vector<std::string> models;
};

struct ProbeTarget {
  std::string name;
  std::uint16_t port = 0;
};

// Where the well-known servers listen unless told otherwise.
std::vector<ProbeTarget> well_known_servers();

// Asks each target on loopback for its models; those that answer like a language server are returned, in the
// order of the targets. Takes at most 400 ms a target.
runtime::Task<std::vector<LocalServer>> find_local_servers(runtime::Context context,
                                                           std::shared_ptr<net::HttpClient> http,
                                                           std::vector<ProbeTarget> targets);

}  // namespace parley::language
