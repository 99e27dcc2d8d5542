// SPDX-License-Identifier: Apache-2.0
#include "knowledge/module.hpp"

#include "knowledge/store/ranking.hpp"

namespace parley::knowledge {

namespace {

runtime::ComputePool::Options background_options(const KnowledgeConfig& config) {
  // The library never has more pieces of work on the pool than it has threads.
  return {.name = "index",
          .threads = static_cast<std::size_t>(config.index_threads),
          .capacity = 64,
          .niceness = 10};
}

}  // namespace

std::vector<int (*)(sqlite3*)> database_extensions() { return {&register_ranking}; }

Knowledge::Knowledge(const KnowledgeConfig& config, Parts parts)
    : background_(background_options(config)),
      library_(config, {parts.database, parts.pool, background_, parts.clock, parts.metrics, parts.log}) {
  library_.resume();
}

}  // namespace parley::knowledge
