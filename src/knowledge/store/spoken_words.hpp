// SPDX-License-Identifier: Apache-2.0
// The words of each tenant's documents by how they sound, kept as long as the documents stay as they are.
#pragma once

#include "knowledge/sound_index.hpp"
#include "knowledge/store/document_store.hpp"

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>

namespace parley::knowledge {

// Thread-safe. Reads at most 8 MB of a tenant's text, the newest documents first, and keeps at most 100,000
// words; of 64 tenants at a time, those last asked for.
class SpokenWords {
 public:
  explicit SpokenWords(DocumentStore& store) : store_(store) {}

  struct Newest {
    std::shared_ptr<const SoundIndex> words;  // null before any is ready; never another tenant's
    bool outdated = false;  // then the caller sees to it that build() or give_up() is called
  };
  // `revision` is the one that the tenant's documents have now. One caller at a time is told to build. Never
  // blocks.
  Newest of(const std::string& tenant, std::uint64_t revision);

  // Makes it anew; about a second for as much text as is read at most. What fails is tried again by the next
  // caller who is told to.
  void build(const std::string& tenant, std::uint64_t revision);
  void give_up(const std::string& tenant);

 private:
  struct Entry {
    std::string tenant;
    std::shared_ptr<const SoundIndex> words;
    std::uint64_t revision = 0;  // of the documents that `words` was made from
    bool building = false;
  };

  // The tenant's, made when there is none, and moved to the front. With the lock held.
  Entry& entry_of(const std::string& tenant);

  DocumentStore& store_;
  std::mutex mutex_;
  std::list<Entry> entries_;  // last asked for first
};

}  // namespace parley::knowledge
