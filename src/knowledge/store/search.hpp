// SPDX-License-Identifier: Apache-2.0
// Search in the full-text index.
#pragma once

#include "knowledge/store/document_store.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace parley::storage {
class Session;
}

namespace parley::knowledge {

// Finds chunks by BM25 over title, heading path and text, stems and numbers compared in canonical form.
// Thread-safe; calls block. Errors as storage::Session.
class FullTextSearch {
 public:
  FullTextSearch(storage::Database& database, const DocumentStore& store)
      : database_(database), store_(store) {}

  runtime::Result<SearchResult> search(const runtime::Context& context, const Query& query);

 private:
  struct Tenant {
    std::int64_t key = 0;
    std::int64_t chunks = 0;
  };

  runtime::Result<SearchResult> search_in(storage::Session& session, const std::string& tenant,
                                          std::uint64_t generation, const Query& query);
  runtime::Result<std::int64_t> chunks_with(storage::Session& session, const std::string& term,
                                            std::uint64_t generation);
  // Drops what was counted before the last change; the generation that counts are kept for now.
  std::uint64_t forget_outdated();

  storage::Database& database_;
  const DocumentStore& store_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> counts_;  // chunks that hold a term; of `generation_`
  std::uint64_t generation_ = 0;
};

}  // namespace parley::knowledge
