// SPDX-License-Identifier: Apache-2.0
// The documents of every tenant: taken in, made searchable in the background, listed, removed.
#pragma once

#include "knowledge/config.hpp"
#include "knowledge/retriever.hpp"
#include "knowledge/store/document_store.hpp"
#include "knowledge/types.hpp"
#include "runtime/clock.hpp"
#include "runtime/compute_pool.hpp"
#include "runtime/log.hpp"
#include "runtime/metrics.hpp"
#include "runtime/stream.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace parley::knowledge {

struct IndexProgress {
  Document document;  // its status at that moment; the title is known once it is completed

  bool finished() const {
    return document.status == DocumentStatus::kCompleted || document.status == DocumentStatus::kFailed;
  }
};

// What a library is made from. All of it outlives the library and the work on the pools.
struct LibraryParts {
  storage::Database& database;
  runtime::ComputePool& pool;        // short calls: lists, searches
  runtime::ComputePool& background;  // reading documents
  const runtime::Clock& clock;
  runtime::Metrics& metrics;
  std::shared_ptr<runtime::Log> log;
};

// Thread-safe. A document that add() acknowledged is stored durably, is read in the background, now or after
// a restart, and becomes searchable all at once. The tenant is the context's. Errors: NOT_FOUND, TIMEOUT,
// CANCELLED, OVERLOADED (the pool is full), and those of storage::Session.
class Library {
 public:
  Library(KnowledgeConfig config, LibraryParts parts);
  // Stops the background work after the piece in hand; the rest stays pending.
  ~Library();
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  // Takes up the documents that an earlier process left pending. Call it once, before serving.
  void resume();

  // Acknowledges a document once its bytes are on disk, usually before it is read. The name's directories are
  // cut off. The same bytes under the same name again give the same document; other bytes take its place once
  // they are read, and until then the old ones stay searchable. UNSUPPORTED_MEDIA, PAYLOAD_TOO_LARGE,
  // BAD_REQUEST (empty, or no usable name) at once; what shows only on reading becomes the document's error.
  runtime::Task<runtime::Result<Document>> add(runtime::Context context, std::string filename,
                                               std::string bytes);

  runtime::Task<runtime::Result<std::vector<Document>>> list(runtime::Context context);  // newest first
  runtime::Task<runtime::Result<Document>> get(runtime::Context context, std::string id);
  // The text that offsets of hits and citations point into. NOT_FOUND before the document is completed.
  runtime::Task<runtime::Result<std::string>> content(runtime::Context context, std::string id);
  runtime::Task<runtime::Result<>> remove(runtime::Context context, std::string id);
  runtime::Task<runtime::Result<LibraryStatus>> status(runtime::Context context);

  // Returns once the document is completed or failed, with whatever error then in it. NOT_FOUND when it was
  // removed or replaced meanwhile.
  runtime::Task<runtime::Result<Document>> wait(runtime::Context context, std::string id);

  // What happens to the tenant's documents from now on. A reader that falls 256 events behind gets OVERLOADED
  // and lists anew.
  runtime::Stream<IndexProgress> progress(const runtime::Context& context);

  // Grows whenever what the tenant's documents say changes: one is completed, replaced or removed.
  std::uint64_t revision(const std::string& tenant) const;

  // Searches what this library holds; it may outlive the library.
  std::shared_ptr<Retriever> retriever() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace parley::knowledge
