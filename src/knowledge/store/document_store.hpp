// SPDX-License-Identifier: Apache-2.0
// Documents and their index in the database. Every call blocks and is one transaction: what it returned
// successfully survives a crash, what it did not left nothing behind.
#pragma once

#include "knowledge/chunks.hpp"
#include "knowledge/types.hpp"
#include "runtime/context.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::storage {
class Database;
}

namespace parley::knowledge {

struct NewDocument {
  std::string filename;
  std::string content_hash;
  std::string bytes;
  std::int64_t created_at_ms = 0;
};

struct PendingDocument {
  std::int64_t sequence = 0;
  std::string id;
  std::string tenant;
  std::int64_t tenant_key = 0;
  std::string filename;
};

// A chunk with what the index holds of it.
struct IndexedChunk {
  Chunk place;
  std::size_t words = 0;
  std::string heading_terms;
  std::string body_terms;
};

struct IndexedDocument {
  std::string title;
  std::string title_terms;
  std::string content;
  std::vector<IndexedChunk> chunks;
};

struct LibraryStatus {
  std::int64_t documents = 0;  // completed
  std::int64_t pending = 0;
  std::int64_t failed = 0;
  std::int64_t chunks = 0;
};

// Thread-safe. The tenant is the context's. Errors as storage::Session, and NOT_FOUND for an unknown id.
class DocumentStore {
 public:
  explicit DocumentStore(storage::Database& database) : database_(database) {}

  // Stores the source as pending. The newest document of that file name with the same bytes, unless it
  // failed, is returned instead; older ones of the name that are not searchable make way.
  runtime::Result<Document> add(const runtime::Context& context, NewDocument added);

  runtime::Result<std::vector<Document>> list(const runtime::Context& context);
  runtime::Result<Document> get(const runtime::Context& context, const std::string& id);
  runtime::Result<std::string> content(const runtime::Context& context, const std::string& id);
  runtime::Result<> remove(const runtime::Context& context, const std::string& id);
  runtime::Result<LibraryStatus> status(const runtime::Context& context);

  // The oldest pending document of any tenant after `sequence`.
  runtime::Result<std::optional<PendingDocument>> next_pending(const runtime::Context& context,
                                                               std::int64_t sequence);
  // Nothing when it was removed meanwhile.
  runtime::Result<std::optional<std::string>> source(const runtime::Context& context, std::int64_t sequence);

  // Makes a pending document searchable and takes its forerunners of the same name out, at once. False when
  // it was removed or replaced meanwhile: nothing is changed then.
  runtime::Result<bool> complete(const runtime::Context& context, const PendingDocument& document,
                                 const IndexedDocument& indexed);
  runtime::Result<bool> fail(const runtime::Context& context, const PendingDocument& document,
                             std::string_view why);

  // Grows with every change of the index: what was read from it before may be outdated.
  std::uint64_t generation() const { return generation_.load(std::memory_order_acquire); }

 private:
  storage::Database& database_;
  std::atomic<std::uint64_t> generation_{0};
};

}  // namespace parley::knowledge
