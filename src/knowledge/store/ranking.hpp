// SPDX-License-Identifier: Apache-2.0
// BM25 over several fields (Robertson, Zaragoza, Taylor: "Simple BM25 extension to multiple weighted fields",
// 2004) as a function of SQLite's full-text index. FTS5's own bm25() reads every match's length from a table
// and counts every term's documents anew in each query, which takes most of its time.
#pragma once

struct sqlite3;

namespace parley::knowledge {

// Adds parley_score(chunk_terms, weights): how well a row of `chunk_terms` matches; higher is better.
// `weights` is a blob of doubles, the weight of each phrase of the MATCH expression in order. A
// storage::SqliteExtension.
int register_ranking(sqlite3* connection);

}  // namespace parley::knowledge
