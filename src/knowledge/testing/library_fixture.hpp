// SPDX-License-Identifier: Apache-2.0
// A library on a real database in a folder of its own, and a way to call it from a plain test.
#pragma once

#include "knowledge/module.hpp"
#include "runtime/io_threads.hpp"
#include "runtime/testing/wait.hpp"
#include "storage/database.hpp"
#include "storage/testing/temporary_directory.hpp"

#include <memory>
#include <string>
#include <utility>

namespace parley::knowledge::testing {

class LibraryRunner {
 public:
  // `folder` may hold the database of an earlier one.
  explicit LibraryRunner(const std::filesystem::path& folder, KnowledgeConfig config = {})
      : database_(
            *storage::Database::open({.file = folder / "parley.db", .extensions = database_extensions()})),
        knowledge_(
            std::make_unique<Knowledge>(config, Knowledge::Parts{*database_, pool_, clock_, metrics_})) {}

  Library& library() { return knowledge_->library(); }
  storage::Database& database() { return *database_; }
  runtime::Metrics& metrics() { return metrics_; }

  template <class T>
  T run(runtime::Task<T> task) {
    return runtime::testing::wait(io_, std::move(task));
  }

  // Adds a document and waits until it has been read.
  runtime::Result<Document> index(const std::string& filename, const std::string& bytes,
                                  const runtime::Context& context = {}) {
    const auto added = run(library().add(context, filename, bytes));
    if (!added) return added.error();
    return run(library().wait(context, added->id));
  }

  SearchResult search(const std::string& text, std::size_t limit = 5, const runtime::Context& context = {}) {
    const auto retriever = knowledge_->retriever();
    return run(retriever->search(context, {text, limit})).value();
  }

 private:
  // First, to go last: work on the pools wakes coroutines here.
  runtime::IoThreads io_{1};
  runtime::SystemClock clock_;
  runtime::Metrics metrics_;
  std::unique_ptr<storage::Database> database_;
  runtime::ComputePool pool_{{.name = "test", .threads = 2}};
  std::unique_ptr<Knowledge> knowledge_;
};

}  // namespace parley::knowledge::testing
