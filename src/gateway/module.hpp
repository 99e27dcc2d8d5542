// SPDX-License-Identifier: Apache-2.0
// The REST side of Parley: health, documents, search, questions and the web page, as routes of a server.
#pragma once

#include "conversation/answerer.hpp"
#include "knowledge/library.hpp"
#include "net/router.hpp"
#include "runtime/clock.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/metrics.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace parley::gateway {

// What an engine says of itself, for GET /info.
struct Engine {
  std::string name;
  std::string where = "local";  // or "cloud": whether words leave this machine
};

// Something that has to work before Parley can. It succeeds, or says what is missing; it has a second for it.
struct ReadyCheck {
  std::string name;  // "database"
  std::function<runtime::Task<runtime::Result<>>(runtime::Context)> check;
};

// All of it outlives the server that the routes are given to.
struct Parts {
  knowledge::Library& library;
  std::shared_ptr<conversation::Answerer> answerer;
  std::shared_ptr<knowledge::Retriever> retriever;
  runtime::ComputePool& pool;  // takes uploads apart
  runtime::Metrics& metrics;
  const runtime::Clock& clock;
  std::string version = "0.1.0";
  // "asr", "tts", "llm", ...; asked each time, since engines may change. Any thread.
  std::function<std::map<std::string, Engine>()> engines = [] { return std::map<std::string, Engine>(); };
  std::vector<ReadyCheck> ready = {};
  std::size_t upload_bytes = 50'000'000;
  std::filesystem::path web_dir = {};  // the built web page; empty: none is served
};

// Adds the routes of README.md. NOT_FOUND when web_dir holds no page.
runtime::Result<> add_routes(net::Router& router, Parts parts);

}  // namespace parley::gateway
