// SPDX-License-Identifier: Apache-2.0
// Search in the full-text index.
#pragma once

#include "knowledge/sound_index.hpp"
#include "knowledge/store/document_store.hpp"
#include "knowledge/store/hearing.hpp"

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace parley::storage {
class Session;
}

namespace parley::knowledge {

// A word of the query and what is looked for in its place.
struct QueryWord {
  struct Term {
    std::string text;  // as the index writes it
    double weight;
  };

  std::string stem;
  double weight = 0;
  std::vector<Term> terms;  // the word's own, if the index holds it, then those of like meaning
};

// Finds chunks by BM25 over title, heading path and text; stems and numbers are compared in canonical form,
// and where a chunk lacks a word of the query, one of like meaning (text/related.hpp) counts in its place,
// but less. So does, in a query that was heard, a word of like sound. Thread-safe; calls block. Errors as
// storage::Session.
class FullTextSearch {
 public:
  FullTextSearch(storage::Database& database, const DocumentStore& store)
      : database_(database), store_(store) {}

  // `spoken`, the words of the tenant's documents, is used when the query was heard; it may be null.
  runtime::Result<SearchResult> search(const runtime::Context& context, const Query& query,
                                       const SoundIndex* spoken = nullptr);

 private:
  struct Tenant {
    std::int64_t key = 0;
    std::int64_t chunks = 0;
    std::uint64_t generation = 0;  // of the index when the search began
  };

  runtime::Result<SearchResult> search_in(storage::Session& session, const std::string& tenant,
                                          std::uint64_t generation, const Query& query,
                                          const SoundIndex* spoken);
  // Adds to the words of the query what was perhaps said instead; `guesses` are those made.
  runtime::Result<> add_guesses(storage::Session& session, const Tenant& tenant,
                                std::span<const text::Token> tokens, const std::vector<Guess>& guesses,
                                std::vector<QueryWord>& words);
  runtime::Result<> add_related(storage::Session& session, const Tenant& tenant,
                                const std::vector<std::string>& asked, QueryWord& word);
  runtime::Result<std::int64_t> chunks_with(storage::Session& session, const Tenant& tenant,
                                            const std::string& term);
  // Drops what was counted before the last change; the generation that counts are kept for now.
  std::uint64_t forget_outdated();

  storage::Database& database_;
  const DocumentStore& store_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> counts_;  // chunks that hold a term; of `generation_`
  std::uint64_t generation_ = 0;
};

}  // namespace parley::knowledge
