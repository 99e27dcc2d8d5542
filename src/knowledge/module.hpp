// SPDX-License-Identifier: Apache-2.0
// How the knowledge domain is built: one Knowledge for a process.
#pragma once

#include "knowledge/config.hpp"
#include "knowledge/library.hpp"
#include "knowledge/retriever.hpp"

#include <memory>
#include <vector>

struct sqlite3;

namespace parley::knowledge {

// What the database has to be opened with: storage::DatabaseOptions::extensions.
std::vector<int (*)(sqlite3*)> database_extensions();

// The library and the threads that read documents for it. The parts outlive it; requests end before it goes.
class Knowledge {
 public:
  struct Parts {
    storage::Database& database;
    runtime::ComputePool& pool;  // for lists and searches
    const runtime::Clock& clock;
    runtime::Metrics& metrics;
    std::shared_ptr<runtime::Log> log = runtime::Log::none();
  };

  // `config` is valid. Documents left pending by an earlier process are taken up at once.
  Knowledge(const KnowledgeConfig& config, Parts parts);

  Library& library() { return library_; }
  std::shared_ptr<Retriever> retriever() const { return library_.retriever(); }

 private:
  runtime::ComputePool background_;
  Library library_;  // goes first, so that the threads end after the piece in hand
};

}  // namespace parley::knowledge
