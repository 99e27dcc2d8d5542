// SPDX-License-Identifier: Apache-2.0
// BM25 over several fields (Robertson, Zaragoza, Taylor: "Simple BM25 extension to multiple weighted fields",
// 2004) as a function of SQLite's full-text index. FTS5's own bm25() reads every match's length from a table
// and counts every term's documents anew in each query, which takes most of its time.
#pragma once

#include <cstdint>

struct sqlite3;

namespace parley::knowledge {

// How a phrase of the MATCH expression counts. Phrases of one group, which stand next to each other, mean the
// same word of the query: a row gets the best of them, not their sum.
struct PhraseWeight {
  double weight = 0;
  std::int64_t group = 0;
};

// Adds parley_score(chunk_terms, weights): how well a row of `chunk_terms` matches; higher is better.
// `weights` is a blob of PhraseWeight, one for each phrase in order. A storage::SqliteExtension.
int register_ranking(sqlite3* connection);

}  // namespace parley::knowledge
